"""The certificate as a page: plain Dutch or English, in Markdown that prints on one side."""

from collections.abc import Iterator

from schemas.codes import Language
from schemas.definition import Text

from .certificate import Certificate
from .certificate_words import KNOWS, NO_OFFICER, NOT_HELD, PANELS, PANELS_ALONE, other_items
from .disclosure import DisclosurePolicy
from .disclosure.audit import ORGANISATION
from .markdown import escaped
from .payees import left_to_who_is_paid, not_tested
from .wording import READERS, number_words


def page(found: Certificate, region: str, on: str, lang: Language) -> str:
    """Return the certificate of a region's release; `on` is the day it is written (RFC 3339)."""
    return "\n\n".join(text.told(lang) for text in _parts(found, region, on)) + "\n"


def _parts(found: Certificate, region: str, on: str) -> Iterator[Text]:
    yield Text(f"# Verklaring bij vrijgave {found.bundle}", f"# Certificate of release {found.bundle}")
    yield _what(found, region, on)
    if found.proofs:
        yield Text("## Wat is bewezen", "## What was proven")
        yield _proven(found)
    if found.assessments:
        yield PANELS
    yield Text(
        "## De drie criteria (Groep artikel 29, advies 05/2014)",
        "## The three criteria (Article 29 WP, opinion 05/2014)",
    )
    yield _singling_out(found)
    yield _linking(found)
    yield _inference(found)
    yield Text("## Wat niet is beloofd", "## What is not promised")
    yield _joined("\n", [_both("- ", one) for one in _limits(found)])
    yield Text("## Wie besloot", "## Who decided")
    yield _decided(found)
    if found.answered:
        yield Text("Bevindingen van de beoordeling, met het antwoord:", "Findings of the desk, with their answers:")
        yield _joined("\n", list(_answered(found)))
    yield Text("## Na te rekenen", "## To be checked")
    yield _checked(found)


def _what(found: Certificate, region: str, on: str) -> Text:
    cells, hidden = number_words(found.cells), number_words(found.hidden)
    parts = [
        Text(
            f"{_many(len(found.proofs), 'indicator', 'indicatoren')} uit eigen bronnen ({cells.nl} cellen, {hidden.nl} "
            "verborgen)",
            f"{_many(len(found.proofs), 'indicator', 'indicators')} from own sources ({cells.en} cells, {hidden.en} "
            "hidden)",
        ),
        Text(
            _many(found.taken_over, "overgenomen openbare tabel", "overgenomen openbare tabellen"),
            _many(found.taken_over, "public table taken over", "public tables taken over"),
        ),
        Text(_many(found.lessons, "les", "lessen"), _many(found.lessons, "lesson", "lessons")),
        Text(
            _many(found.evaluations, "evaluatie van gepubliceerde cijfers", "evaluaties van gepubliceerde cijfers"),
            _many(found.evaluations, "evaluation of published figures", "evaluations of published figures"),
        ),
        Text(
            _many(found.assessments, "beoordeling van de gereedheid", "beoordelingen van de gereedheid"),
            _many(found.assessments, "assessment of readiness", "assessments of readiness"),
        ),
        Text(_many(found.replies, "reactie", "reacties"), _many(found.replies, "reply", "replies")),
        Text(_many(found.citations, "aanhaling", "aanhalingen"), _many(found.citations, "citation", "citations")),
        other_items(found.items),
        Text(_many(found.notices, "mededeling", "mededelingen"), _many(found.notices, "notice", "notices")),
    ]
    counts = (len(found.proofs), found.taken_over, *found.words, found.notices)
    inside = _joined(", ", [part for part, count in zip(parts, counts, strict=True) if count])
    readers = _joined("; ", [READERS[one] for one in found.audiences])
    return Text(
        f"{escaped(region)}, {on[:10]}. Inhoud: {inside.nl}. Te lezen door {readers.nl}.",
        f"{escaped(region)}, {on[:10]}. It holds {inside.en}. To be read by {readers.en}.",
    )


def _proven(found: Certificate) -> Text:
    if found.room is None and found.share is None:
        return Text(
            "Er hoefde niets te worden verborgen: geen cijfer is klein, en geen verraadt een klein cijfer.",
            "Nothing had to be hidden: no figure is small, and none gives a small one away.",
        )
    rows = [
        Text(
            "| tegen wie | wat die weet | wat die overhoudt |",
            "| against whom | what they know | what is left to them |",
        ),
        Text("|---|---|---|", "|---|---|---|"),
    ]
    for name in found.attackers:
        if name in KNOWS:
            who, knows = KNOWS[name]
            left = _left(found, name)
            rows.append(Text(f"| {who.nl} | {knows.nl} | {left.nl} |", f"| {who.en} | {knows.en} | {left.en} |"))
    return _joined("\n", rows)


def _left(found: Certificate, attacker: str) -> Text:
    if attacker == "contributor":
        return Text("hetzelfde", "the same")
    if attacker == ORGANISATION:
        return left_to_who_is_paid(DisclosurePolicy())
    parts = []
    if attacker == "plain" and found.outsider is not None:
        parts.append(
            Text(
                f"ten minste {found.outsider} mogelijke waarden per beschermd aantal",
                f"at least {found.outsider} possible values for each protected count",
            )
        )
    elif found.room is not None:
        parts.append(
            Text(
                f"ongeveer {found.room + 1} mogelijke waarden per beschermd aantal, met ten minste {found.room} "
                "personen tussen de kleinste en de grootste",
                f"about {found.room + 1} possible values for each protected count, with at least {found.room} persons "
                "between the smallest and the largest",
            )
        )
    if found.share is not None:
        parts.append(
            Text(
                f"bij een beschermde som een marge van ten minste {found.share}% ervan",
                f"for a protected sum a range of at least {found.share}% of it",
            )
        )
    return _joined("; ", parts)


def _singling_out(found: Certificate) -> Text:
    small = DisclosurePolicy().minimum_persons - 1
    if not found.proofs and found.assessments:
        return PANELS_ALONE
    if not found.proofs:
        return Text(
            "**Herleiden.** Er gaan geen rijen van personen uit, en geen cijfers die hier zijn geteld.",
            "**Singling out.** No rows of persons leave, and no figures that were counted here.",
        )
    return Text(
        f"**Herleiden.** Er gaan geen rijen van personen uit. Aantallen van 1 tot en met {small} personen zijn "
        "verborgen, en ook wat zo'n aantal zou verraden. Een 0 is geen klein aantal en kan worden getoond.",
        f"**Singling out.** No rows of persons leave. Counts of 1 to {small} persons are hidden, and so is what "
        "would give such a count away. A 0 is no small count and may be shown.",
    )


def _linking(found: Certificate) -> Text:
    together = (
        Text(
            " De cijfers zijn samen getoetst met wat deze regio eerder vrijgaf of ter beoordeling heeft.",
            " The figures were audited together with what this region released before or has under review.",
        )
        if found.proofs
        else Text("", "")
    )
    return Text(
        f"**Koppelen.** Er gaan geen pseudoniemen of andere sleutels uit waarmee rijen te koppelen zijn.{together.nl}",
        f"**Linking.** No pseudonyms or other keys leave by which rows could be linked.{together.en}",
    )


def _inference(found: Certificate) -> Text:
    if not found.proofs:
        return Text(
            "**Afleiden.** Wat uit overgenomen cijfers of woorden is af te leiden, is hier niet bewezen.",
            "**Inference.** What follows from figures taken over or from words was not proven here.",
        )
    share = DisclosurePolicy().group_disclosure_share
    percent, small = int(share * 100), DisclosurePolicy().minimum_persons - 1
    return Text(
        f"**Afleiden.** Waar ten minste {percent}% van een groep iets heeft, of iedereen op 1 tot en met "
        f"{small} personen na, is het aantal verborgen. Dat een aandeel hoog of laag is, "
        "blijft zichtbaar: daar zijn de cijfers voor.",
        f"**Inference.** Where at least {percent}% of a group has something, or all but 1 to {small} persons, "
        "the count is hidden. That a share is high or low stays visible: that is what the figures are for.",
    )


def _limits(found: Certificate) -> Iterator[Text]:
    if found.taken_over:
        yield Text(
            "Overgenomen tabellen gaan mee zoals hun eigenaar ze gaf; daarvan is hier niets beschermd of getoetst.",
            "Tables taken over leave as their owner published them; nothing of them is protected or audited here.",
        )
    if found.lessons or found.evaluations or found.assessments or found.replies:
        yield Text(
            "Woorden zijn doorzocht op namen, nummers en adressen en door mensen gelezen; dat is geen bewijs.",
            "Words were searched for names, numbers and addresses and read by people; that is no proof.",
        )
    if found.proofs:
        yield Text(
            "Tabellen over dezelfde mensen die deze node niet kent, tellen niet mee; wie van meer mensen in "
            "een cel weet hoe het met hen is, trekt die af.",
            "Tables on the same people that this node does not know are not counted in; one who knows of "
            "several people in a cell how they fare subtracts them.",
        )
        yield Text(
            "Marges zijn bewezen in breuken; in hele getallen kunnen ze een enkele keer smaller zijn. Een cel "
            "die alleen andere helpt beschermen, heeft zelf geen belofte.",
            "Ranges are proven in fractions; in whole numbers they can now and then be narrower. A cell that "
            "only helps to protect others has no promise of its own.",
        )
    for source, reason in dict.fromkeys(pair for one in found.proofs for pair in one.not_recorded):
        yield not_tested(escaped(source), escaped(reason))
    yield Text(
        "Wat lezers hebben overgenomen, komt niet terug. De volledige grenzen staan in docs/disclosure.md.",
        "What readers have copied does not come back. The limits in full are in docs/disclosure.md.",
    )


def _decided(found: Certificate) -> Text:
    given = "; ".join(f"{escaped(one.name)} ({escaped(one.organisation)}), {one.at[:10]}" for one in found.approvers)
    parts = [
        Text(f"Opgesteld door {escaped(found.author)}.", f"Prepared by {escaped(found.author)}."),
        Text(f"Goedgekeurd met eigen sleutel door {given}.", f"Approved, each with a key of their own, by {given}."),
    ]
    for one in found.holds:
        until = (one.lifted_at or "")[:10]
        parts.append(
            Text(
                f"Stilgezet door {escaped(one.officer)} op {one.placed_at[:10]}, "
                + (f"opgeheven op {until}." if until else "opheffing hier niet bekend."),
                f"Held by {escaped(one.officer)} on {one.placed_at[:10]}, "
                + (f"lifted on {until}." if until else "its lifting is not known here."),
            )
        )
    for said in found.advice:
        parts.append(
            Text(
                f"Advies van {escaped(said.officer)} op {said.at[:10]}, bewaard bij de bundel.",
                f"Advice by {escaped(said.officer)} on {said.at[:10]}, kept with the bundle.",
            )
        )
    if not found.holds:
        parts.append(NOT_HELD if found.officers else NO_OFFICER)
    return _joined(" ", parts)


def _answered(found: Certificate) -> Iterator[Text]:
    """Yield every finding that needed an answer, with the answer and who gave it."""
    for one in found.answered:
        said = f"{escaped(one.answer or '')} ({escaped(one.answered_by or '')}, {(one.answered_at or '')[:10]})"
        yield Text(f"- {one.kind.what.nl} {said}", f"- {one.kind.what.en} {said}")


def _checked(found: Certificate) -> Text:
    lines = [Text(f"Wortel van de bundel: `{found.root}`", f"Root of the bundle: `{found.root}`")]
    lines += [
        Text(f"Toets over openbare rijen: `{one}`", f"Audit over public rows: `{one}`") for one in found.audits if one
    ]
    if found.events is not None:
        first, last = found.events
        at = (found.signed_at or "")[:10]
        lines.append(
            Text(
                f"Ondertekend op {at} als {first} tot en met {last} van de keten (`python -m node ledger`).",
                f"Signed on {at} as {first} to {last} of the chain (`python -m node ledger`).",
            )
        )
    else:
        lines.append(Text("Goedgekeurd, nog niet ondertekend.", "Approved, not signed yet."))
    return _joined("  \n", lines)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _both(before: str, text: Text) -> Text:
    return Text(before + text.nl, before + text.en)


def _joined(by: str, texts: list[Text]) -> Text:
    return Text(by.join(one.nl for one in texts), by.join(one.en for one in texts))
