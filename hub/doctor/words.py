"""What the doctor says of each finding, and what mends it, in Dutch and English."""

from typing import Final

from schemas.definition import Text

_SERVE: Final = Text("laat `python -m hub serve` draaien", "keep `python -m hub serve` running")

ABOUT: Final[dict[str, Text]] = {
    "clock": Text("klok", "clock"),
    "backup": Text("reservekopie", "backup"),
    "dead letters": Text("geweigerde berichten", "dead letters"),
    "heads": Text("dagkoppen", "heads"),
    "figures": Text("cijfers", "figures"),
    "totals": Text("totalen", "totals"),
    "tokens": Text("tokens", "tokens"),
    "replies": Text("weerwoord", "replies"),
    "subscriptions": Text("abonnementen", "subscriptions"),
    "mail": Text("e-mail", "mail"),
    "partners": Text("partners", "partners"),
    "projections": Text("leestabellen", "projections"),
}

# what is wrong, and what mends it
SENTENCES: Final[dict[str, tuple[Text, Text]]] = {
    "clock_behind": (
        Text(
            "een bericht is aanvaard op {newest}, en de klok van deze machine zegt {now}",
            "an event was accepted at {newest}, and this machine's clock says {now}",
        ),
        Text(
            "laat elke machine van deze hub de tijd bijhouden (systemd-timesyncd of chrony); wat ondertekend is blijft",
            "let every machine of this hub keep time (systemd-timesyncd or chrony); times that were signed stay",
        ),
    ),
    "heads_ahead": (
        Text(
            "de dagkoppen van {day} zijn al ondertekend, door een klok die voorliep; tot die dag komen er geen nieuwe",
            "the daily heads of {day} are signed already, by a clock that was ahead, and none are made until then",
        ),
        Text(
            "laat de machine de tijd bijhouden en zeg het de regio's: tot dan vergelijken zij ontvangstbewijzen",
            "let the machine keep time, and tell the regions: until then nodes compare receipts, not daily heads",
        ),
    ),
    "backup_old": (
        Text("de laatste reservekopie is ouder dan {days} dagen", "the last backup is older than {days} days"),
        Text(
            "elke nacht `python -m hub backup FILE`, door een timer; maken anderen ze: `doctor --backup-days 0`",
            "`python -m hub backup FILE` every night, from a timer; where others make them: `doctor --backup-days 0`",
        ),
    ),
    "backup_none": (
        Text("er is nooit een reservekopie gemaakt", "no backup was ever made"),
        Text(
            "elke nacht `python -m hub backup FILE`, door een timer; maken anderen ze: `doctor --backup-days 0`",
            "`python -m hub backup FILE` every night, from a timer; where others make them: `doctor --backup-days 0`",
        ),
    ),
    "gap_one": (
        Text("bericht {first} ontbreekt", "event {first} is missing"),
        Text(
            "de node stuurt het bij de volgende verbinding opnieuw; blijft het weg, dan draait de regio "
            "`python -m node doctor`",
            "the node sends again at its next call; if it stays, the region runs `python -m node doctor`",
        ),
    ),
    "gap_many": (
        Text("berichten {first} tot en met {last} ontbreken", "events {first} to {last} are missing"),
        Text(
            "de node stuurt ze bij de volgende verbinding opnieuw; blijven ze weg, dan draait de regio "
            "`python -m node doctor`",
            "the node sends again at its next call; if it stays, the region runs `python -m node doctor`",
        ),
    ),
    "dark": (
        Text("er kwam meer dan {days} dagen niets", "nothing came for more than {days} days"),
        Text(
            "bel de regio: `python -m node doctor` zegt daar waarom; wat zij liet zien blijft staan, met de datum",
            "call the region: `python -m node doctor` there says why; what it showed stays, with its date",
        ),
    ),
    "unapproved": (
        Text("haar sleutels wachten op goedkeuring", "its keys wait for approval"),
        Text(
            "laat haar mensen `node fingerprint` voorlezen, dan `python -m hub approve {code} --fingerprint …`",
            "have its people read out `node fingerprint`, then `python -m hub approve {code} --fingerprint …`",
        ),
    ),
    "letters": (
        Text("{number} zijn geweigerd als {reason}", "{number} were refused as {reason}"),
        Text(
            "`python -m hub dead-letters list`, dan `show`, en elk met `replay` of `discard`",
            "`python -m hub dead-letters list`, then `show`, `replay` or `discard` each",
        ),
    ),
    "heads_behind": (
        Text("de dagkoppen lopen achter", "the daily heads are behind"),
        Text(
            f"{_SERVE.nl}, of draai eens per dag `python -m hub heads make`",
            f"{_SERVE.en}, or run `python -m hub heads make` once a day",
        ),
    ),
    "told_together": (
        Text(
            "{indicator} {period}: {figures} verborgen cijfers volgen uit wat anderen publiceerden",
            "{indicator} {period}: {figures} figures it hid follow from what others published",
        ),
        Text(
            "laat {region} bericht {event} terugtrekken, of wie het laatst publiceerde; geldt voor lezers: {audience}",
            "have {region} withdraw event {event}, or who published last; readers for whom it holds: {audience}",
        ),
    ),
    "unproven": (
        Text(
            "{indicator} {period}: niet bewezen is wat cijfers samen verraden ({audience})",
            "{indicator} {period}: it is not proven what figures tell together ({audience})",
        ),
        Text(
            "totalen blijven daar weg; laat de regio's grover publiceren",
            "totals are withheld there; have the regions coarsen what they publish",
        ),
    ),
    "beyond_budget": (
        Text(
            "{indicator} {period}: niet bewezen is wat cijfers samen verraden ({audience}), want dat kost meer werk "
            "dan één plaats krijgt",
            "{indicator} {period}: it is not proven what figures tell together ({audience}), since that takes more "
            "work than one place is given",
        ),
        Text(
            "totalen blijven daar weg; laat de regio's grover publiceren",
            "totals are withheld there; have the regions coarsen what they publish",
        ),
    ),
    "proof_waits": (
        Text(
            "1 indicator en periode wacht op bewijs; tot dan zien lezers daar geen totaal",
            "1 indicator and period waits to be proven; readers see no total there until then",
        ),
        Text(f"{_SERVE.nl}, dat bewijst", f"{_SERVE.en}, which proves them"),
    ),
    "proofs_wait": (
        Text(
            "{number} indicatoren en perioden wachten op bewijs; tot dan zien lezers daar geen totaal",
            "{number} indicators and periods wait to be proven; readers see no total there until then",
        ),
        Text(f"{_SERVE.nl}, dat bewijst", f"{_SERVE.en}, which proves them"),
    ),
    "not_opened": (
        Text(
            "{number} vrijgaven wachten, al is de termijn voor weerwoord voorbij",
            "{number} releases wait, though the term for replies is over",
        ),
        Text(f"{_SERVE.nl}, dat ze opent", f"{_SERVE.en}, which opens them"),
    ),
    "token_ends": (
        Text("het token {name} van {owner} eindigt op {until}", "the token {name} of {owner} ends on {until}"),
        Text(
            "`python -m hub token renew {id}` geeft een ander; geef dat {owner}, het oude blijft hoogstens 30 dagen",
            "`python -m hub token renew {id}` gives another; hand it to {owner}, the former stays for 30 days at most",
        ),
    ),
    "token_over": (
        Text("het token {name} van {owner} is geëindigd", "the token {name} of {owner} has ended"),
        Text(
            "`python -m hub token renew {id}` geeft een ander; geef dat {owner}. Hoeft het niet meer: "
            "`python -m hub token revoke {id}`",
            "`python -m hub token renew {id}` gives another; hand it to {owner}. Where it is not needed any more: "
            "`python -m hub token revoke {id}`",
        ),
    ),
    "token_ends_region": (
        Text(
            "het token van de regio eindigt op {until}, en haar node heeft het niet vernieuwd",
            "the region's token ends on {until}, and its node has not renewed it",
        ),
        Text(
            "bel de regio: `python -m node ship` vernieuwt het (een node van 0.10 of ouder eerst bijwerken); lukt dat "
            "niet, dan `python -m hub token renew {id}`, en dat in secrets/token van de node",
            "call the region: `python -m node ship` renews it (bring a node of 0.10 or older up to date first); where "
            "that fails, `python -m hub token renew {id}`, and what it prints into the node's secrets/token",
        ),
    ),
    "token_over_region": (
        Text("het token van de regio is geëindigd", "the region's token has ended"),
        Text(
            "geef de regio wat `python -m hub token renew {id}` toont, voor secrets/token van de node (chmod 600); zij "
            "heeft niets verloren en gaat verder",
            "give the region what `python -m hub token renew {id}` prints, for its node's secrets/token (chmod 600); "
            "it lost nothing and goes on",
        ),
    ),
    "token_endless": (
        Text("het token {name} van {owner} heeft geen einde", "the token {name} of {owner} has no end"),
        Text(
            "een proces van een oudere versie maakte het: werk elk proces bij, dan `python -m hub token renew {id}`",
            "a process of an older version made it: bring each up to date, then `python -m hub token renew {id}`",
        ),
    ),
    "paused": (
        Text(
            "de webhook van {owner} is gepauzeerd ({why}); er gaat niets verloren",
            "the webhook of {owner} is paused ({why}); nothing is lost",
        ),
        Text(
            "`python -m hub subscriptions show {id}` zegt meer; zeg het {owner}, die hem hervat",
            "`python -m hub subscriptions show {id}` says more; tell {owner}, who resumes it",
        ),
    ),
    "mail_unset": (
        Text(
            "{number} lezers vroegen om overzichten en deze hub verstuurt geen e-mail",
            "{number} readers asked for digests and this hub sends no mail",
        ),
        Text(
            "stel smtp_host en smtp_from weer in; wat wacht gaat dan in één e-mail",
            "set smtp_host and smtp_from again; digests that wait are sent then, in one mail each",
        ),
    ),
    "mail_failing": (
        Text("{number} e-mails zijn nog niet aangenomen", "{number} mails were not taken on yet"),
        Text(
            "zie in het log van `serve` wat de mailserver zei; elke wordt vanzelf opnieuw geprobeerd",
            "see the log of `serve` for what the mail server said; each is tried again by itself",
        ),
    ),
    "mail_late": (
        Text("overzichten die verstuurd moesten zijn, zijn dat niet", "digests that are due are not sent"),
        _SERVE,
    ),
    "mail_refused": (
        Text("{number} adressen weigeren e-mail", "{number} addresses refuse mails"),
        Text("niets: na 30 dagen worden ze vergeten", "nothing: they are forgotten after 30 days"),
    ),
    "partners_wait": (
        Text(
            "lessen wachten om op het onderwerp van partners te komen",
            "lessons wait to be written to the topic of partners",
        ),
        Text(
            "laat `python -m hub tell-partners` draaien, en zie het log ervan",
            "keep `python -m hub tell-partners` running, and see its log",
        ),
    ),
    "not_projected": (
        Text("{number} berichten staan niet in {table}", "{number} events are not in {table}"),
        Text("`python -m hub rebuild`", "`python -m hub rebuild`"),
    ),
    "rebuild_begun": (
        Text("een herbouw is begonnen en niet geëindigd", "a rebuild was begun and has not ended"),
        Text(
            "draait er nu geen, dan gaat `python -m hub rebuild` ermee verder",
            "if none runs now, `python -m hub rebuild` goes on with it",
        ),
    ),
}
