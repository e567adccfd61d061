"""Commands for rounds of an assessment: open, invite, answer, import, close, show; and what others say."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from connectors.database import writing
from connectors.secret_files import write_secret
from node.audit import AuditEntry
from node.bootstrap import now
from node.knowledge import answers, rounds
from node.knowledge.questioned import find_questionnaire
from node.work.showing_rounds import said, show_figures
from schemas.assessment import HELICES, Helix
from schemas.codes import Language
from schemas.questionnaires import questionnaires
from schemas.text import many

from . import options

_PANEL_HELP = "Seats of a helix, such as practice=5; may be repeated. Helices: " + ", ".join(HELICES) + "."
_round = click.argument("round_id", metavar="ROUND")


@click.group("assess")
def assess_group() -> None:
    """Hold a round of an assessment: the Five Lenses, the eight guiding principles, or a questionnaire of your own."""


@assess_group.command("open")
@_round
@click.option("--instrument", required=True, help=f"{', '.join(questionnaires())}, or a YAML file.")
@options.period_option
@click.option("--panel", "seats", multiple=True, required=True, help=_PANEL_HELP)
@options.author
@options.home
def open_round(round_id: str, instrument: str, period: str, seats: Sequence[str], author: str, home: Path) -> None:
    """Open ROUND for a panel; what is asked stays as it is from here on."""
    found = find_questionnaire(instrument)
    panel = dict(map(_seats, seats))
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, "assessment.opened", round_id, now(), f"{found.id} {found.version}")
        rounds.open_round(connection, round_id, found, period, panel, entry)
    unsure = sum(item.provenance == "unverified" for item in found.items)
    click.echo(
        f"Round '{round_id}' is open: {found.title.en}, {len(found.items)} items, "
        f"{many(sum(panel.values()), 'seat', 'seats')}."
    )
    if unsure:
        click.echo(
            f"{many(unsure, 'item is', 'items are')} worded by this project and not verified; see docs/readiness.md "
            "to replace them."
        )
    click.echo(f"Next: `assess invite {round_id}` for links, or `assess import {round_id} FILE` for answers on paper.")


@assess_group.command("invite")
@_round
@click.option("--url", default="http://localhost:8080", show_default=True, help="Where `serve` is reached.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file, readable by you only.")
@options.author
@options.home
def invite(round_id: str, url: str, out: Path, author: str, home: Path) -> None:
    """Write a link for every seat of ROUND that has none; each holds once, and cannot be shown again."""
    if out.exists():
        raise rounds.RoundRefused(f"{out} is there already; name a new file.")
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, "assessment.invited", round_id, now())
        links = answers.invite(connection, rounds.find(connection, round_id), entry)
        lines = [f"{link.helix},{url.rstrip('/')}/assess/{link.token}" for link in links]
        write_secret(out, "\n".join(["helix,link", *lines, ""]).encode())
    click.echo(
        f"{many(len(links), 'link is', 'links are')} in {out}; send each to one member of its helix, then delete the "
        "file."
    )


@assess_group.command("answer")
@click.argument("link")
@click.argument("given", metavar="ITEM=POINTS...", nargs=-1, required=True)
@options.home
def answer(link: str, given: Sequence[str], home: Path) -> None:
    """Answer by a LINK as its page would: every ITEM with 1 to 4; once sent, nobody can see or change it."""
    pairs = dict(one.partition("=")[::2] for one in given)
    with options.opened(home) as node, _told(), writing(node.engine) as connection:
        asked = answers.asked(connection, token := link.rstrip("/").rpartition("/")[2])
        unknown = sorted(set(pairs) - {item.id for item in asked.questionnaire.items})
        if unknown:
            raise rounds.RoundRefused(
                f"The questionnaire has no item '{unknown[0]}'; `assess show --items` lists them."
            )
        answers.answer(connection, token, pairs, now())
    click.echo("Your answers were sent. They cannot be seen or changed any more.")


@assess_group.command("import")
@_round
@click.argument("file", type=click.Path(path_type=Path))
@options.author
@options.home
def import_answers(round_id: str, file: Path, author: str, home: Path) -> None:
    """Take the answers of a CSV FILE in, all or none: a column `helix` and one per item, a row per respondent."""
    with options.opened(home) as node, _told(), writing(node.engine) as connection:
        one = rounds.find(connection, round_id)
        found = answers.read_answers(file, one.questionnaire)
        answers.import_answers(connection, one, found, AuditEntry(author, "assessment.imported", round_id, now()))
    click.echo(
        f"{many(len(found), 'answer was', 'answers were')} taken in; delete {file} where nobody needs it any more."
    )


@assess_group.command("say")
@_round
@click.argument("lens")
@click.option("--finding", help="What the focus group found, in words that name nobody.")
@click.option("--verdict", type=click.Choice(["satisfactory", "not-satisfactory"]), help="The experts' judgement.")
@click.option("--because", help="Why the experts judge so, in words that name nobody.")
@click.option("--language", type=click.Choice(["nl", "en"]), required=True, help="In which language it is said.")
@options.author
@options.home
def say(
    round_id: str,
    lens: str,
    finding: str | None,
    verdict: str | None,
    because: str | None,
    language: Language,
    author: str,
    home: Path,
) -> None:
    """Keep a focus group's finding, or an expert team's verdict with its reason, on a LENS of ROUND."""
    if (finding is None) == (verdict is None) or (verdict is None) != (because is None):
        raise click.UsageError("Give --finding, or --verdict together with --because.")
    is_good = None if verdict is None else verdict == "satisfactory"
    kind: rounds.WordKind = "finding" if verdict is None else "verdict"
    word = rounds.LensWord(lens, kind, language, finding or because or "", is_good, author)
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, f"assessment.{kind}", round_id, now(), lens)
        rounds.say(connection, rounds.find(connection, round_id), word, entry)
    click.echo(f"The {kind} on {lens} is kept. A scan and two reviewers read it before it leaves.")


@assess_group.command("close")
@_round
@options.author
@options.home
def close(round_id: str, author: str, home: Path) -> None:
    """Close ROUND for good: no answer comes in or changes any more, and its links are forgotten."""
    with options.opened(home) as node:
        with writing(node.engine) as connection:
            entry = AuditEntry(author, "assessment.closed", round_id, now())
            number = rounds.close(connection, rounds.find(connection, round_id), entry)
        answers.forget_order(node.engine)
    click.echo(
        f"Round '{round_id}' is closed with {many(number, 'answer', 'answers')}. Next: `release assessment {round_id}`."
    )


@assess_group.command("remove")
@_round
@options.author
@options.home
def remove(round_id: str, author: str, home: Path) -> None:
    """Forget a ROUND that is still open, with its links and answers."""
    with options.opened(home) as node, writing(node.engine) as connection:
        rounds.remove(
            connection, rounds.find(connection, round_id), AuditEntry(author, "assessment.removed", round_id, now())
        )
    click.echo(f"Round '{round_id}' is removed.")


@assess_group.command("list")
@options.home
@options.json
def list_rounds(home: Path, as_json: bool) -> None:
    """Name every round: instrument, period, and how many answered."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = [(one, rounds.taken(connection, one)) for one in rounds.rounds(connection)]
    if as_json:
        rows = [
            {
                "round": one.id, "instrument": one.questionnaire.id, "period": one.period,
                "state": "open" if one.closed_at is None else "closed",
                "seats": sum(of.seats for of in held), "answered": sum(of.answered for of in held),
            }
            for one, held in found
        ]  # fmt: skip
        click.echo(msgspec.json.encode(rows).decode())
        return
    for one, held in found:
        state = "open" if one.closed_at is None else f"closed {one.closed_at[:10]}"
        count = f"{sum(of.answered for of in held)} of {sum(of.seats for of in held)} answered"
        click.echo(f"{one.id:<24}  {one.questionnaire.id:<20}  {one.period:<8}  {state:<17}  {count}")
    if not found:
        click.echo("No round yet; open one with `assess open`, see docs/readiness.md.")


@assess_group.command("show")
@_round
@click.option("--items", is_flag=True, help="Show the questionnaire itself.")
@options.lang
@options.home
@options.json
def show(round_id: str, items: bool, lang: Language, home: Path, as_json: bool) -> None:
    """Show a ROUND inside the region: means and spread per lens from five answers, change, findings and verdicts."""
    with options.opened(home) as node, node.engine.connect() as connection:
        one = rounds.find(connection, round_id)
        if items:
            for line in said(one.questionnaire, lang):
                click.echo(line)
            return
        for line in show_figures(connection, one, node.settings.lens_threshold, lang, as_json):
            click.echo(line)


def _seats(text: str) -> tuple[Helix, int]:
    name, _, number = text.partition("=")
    helix = next((one for one in HELICES if one == name), None)
    if helix is None or not number.isascii() or not number.isdigit() or len(number) > 4:
        raise click.BadParameter(f"'{text}' is no seats of a helix; write one of {', '.join(HELICES)}, = and a number.")
    return helix, int(number)


@contextmanager
def _told() -> Iterator[None]:
    """Say of every row of answers that is wrong what is wrong with it, and refuse them all."""
    try:
        yield
    except answers.AnswersUnreadable as error:
        *lines, last = error.lines
        for line in lines:
            click.echo(line, err=True)
        raise rounds.RoundRefused(f"{last.rstrip('.')}. Nothing was taken in.") from error
