"""Commands by which a region replies to a comparison, takes a reply back, or says that it needs no time for one."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from node.bootstrap import Node, now, open_comparisons
from node.knowledge import replies
from node.release.refusal import ReleaseRefused
from node.release.standing import standing
from node.release.subject import name_of, opaque, reply_name
from node.release.words import deidentifier
from node.work import replying
from node.work import writing as work
from schemas.codes import Audience, Language

from . import deciding, inspection, options, taking_back
from .freezing import say_frozen


class ReplyNotReleased(ReleaseRefused):
    """A reply that nobody can see, so that there is nothing to take back."""


@click.group("reply")
def reply_group() -> None:
    """Say something to a comparison before others than the network see it."""


@reply_group.command("write")
@click.argument("file", type=click.Path(path_type=Path))
@options.author
@options.lesson_audience
@options.reason
@options.lang
@options.home
def write(file: Path, author: str, audience: Audience, reason: str, lang: Language, home: Path) -> None:
    """Keep the reply in FILE (YAML), scan it for traces of persons and freeze it for review.

    An edited one revises what was released. Without `as_known_on` it is about the comparison as it is known now.
    """
    with options.opened(home) as node, deidentifier.at_hand() as finder:
        found = replies.read_reply(file, node.settings.region_set, now())
        name = replies.name_of(found)
        _check(node, found.indicator, found.period)
        replying.keep(node.engine, found, author, now)
        bundle = work.freeze(
            node.engine, node.settings, (found,), name, audience=audience, subject_key=node.secret("subject"),
            reason=reason, author=author, clock=now, finder=finder,
        )  # fmt: skip
        say_frozen(node, bundle, lang)


@reply_group.command("waive")
@options.period_option
@click.option("--indicator", required=True, help="The indicator of the comparison.")
@options.author
@options.home
def waive(period: str, indicator: str, author: str, home: Path) -> None:
    """Say that the region has seen a comparison and needs no time for a reply. Only the network reads it."""
    with options.opened(home) as node:
        replies.check_known(indicator)
        _check(node, indicator, period)
        bundle = replying.waive(
            node.engine, node.settings, node.secret("subject"), indicator, period, author, now
        )  # fmt: skip
        inspection.show(bundle)


@reply_group.command("list")
@options.home
@options.json
def list_replies(home: Path, as_json: bool) -> None:
    """Name every reply that is kept here, and whether readers see it as it reads here."""
    with options.opened(home) as node, node.engine.connect() as connection:
        key = node.secret("subject")
        kept = replies.drafts(connection)
        stands = standing(connection, [opaque(key, name_of(one.reply)) for one in kept])
        rows = [(one, stands.get(opaque(key, name_of(one.reply)))) for one in kept]
    if as_json:
        listed = [
            {
                "name": one.name,
                "state": taking_back.state(one.reply, there),
                "event": there and there.event_id,
                **_told(one),
            }
            for one, there in rows
        ]
        click.echo(msgspec.json.encode(listed).decode())
        return
    for one, there in rows:
        click.echo(f"{one.name:<24}  {one.reply.indicator} {one.reply.period}  {taking_back.state(one.reply, there)}")
    if not rows:
        click.echo("No reply yet; write one with `reply write FILE`, see docs/replies.md.")


@reply_group.command("withdraw")
@click.argument("name")
@options.reason_required
@options.author
@options.home
def withdraw_reply(name: str, reason: str, author: str, home: Path) -> None:
    """Take back the reply NAME that readers see; the event stays in the ledger. Frozen for one reviewer."""
    unseen = ReplyNotReleased(
        f"Readers see no reply '{name}' of this region; `python -m node reply list` names those that they see."
    )
    taking_back.take_back(home, reply_name(name), unseen, reason, author)


@reply_group.command("findings")
@click.argument("name")
@options.home
def findings(name: str, home: Path) -> None:
    """List what in a reply may point at a person, with the words around it and what was decided."""
    deciding.say_findings(home, replies.find, name, "reply resolve")


@reply_group.command("resolve")
@click.argument("name")
@click.argument("finding_ids", metavar="FINDING...", nargs=-1, required=True)
@click.option(
    "--reason", required=True, help="Why these words may stand; reviewers read it, so it does not repeat them."
)
@options.author
@options.home
def resolve_findings(name: str, finding_ids: Sequence[str], reason: str, author: str, home: Path) -> None:
    """Let findings stand, as the reply reads now; all of them or, where one is refused, none."""
    left = deciding.let_stand(home, replies.find, name, finding_ids, reason, author)
    click.echo(f"{left} Next: `reply write` it again.")


def _check(node: Node, indicator: str, period: str) -> None:
    """Refuse what nobody has figures of, and say where that could not be seen."""
    ask = open_comparisons(node).has_figures if node.settings.secret("token").is_file() else None
    if not replying.check_compared(node.engine, node.secret("subject"), indicator, period, ask):
        click.echo(
            f"The hub did not answer, so it was not seen whether any region has figures of {indicator} over {period}.",
            err=True,
        )


def _told(one: replies.Draft) -> dict[str, str]:
    return {name: getattr(one.reply, name) for name in ("indicator", "period", "language", "as_known_on")}
