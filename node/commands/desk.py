"""Commands of the review desk: the exact preview, findings and their answers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import Connection

from connectors.database import writing
from node.audit import AuditEntry, timestamp
from node.bootstrap import now
from node.release import candidate, officer, review, signed_decisions
from node.release.answer import DeskFinding, answer, findings_of
from node.release.attackers import attackers_words
from node.release.certificate import certify
from node.release.certificate_text import page
from node.release.host import file_of
from node.release.markdown import visible
from node.release.preview import Preview, preview
from node.release.refusal import ReleaseRefused
from node.release.resolve import resolved
from node.release.scan import words_at
from node.release.standing import content_in
from node.release.states import BundleState
from node.release.subject import Words
from schemas.codes import Language
from schemas.text import many

from . import changes, options, showing


class ItemNotThere(ReleaseRefused):
    """A number of an item that a bundle does not have."""


@click.command("show")
@click.argument("bundle_id")
@click.option("--out", type=click.Path(path_type=Path), help="Write the exact bytes, and a page of each item, here.")
@click.option("--all", "everything", is_flag=True, help="Show every row of every item.")
@click.option("--item", "only", type=click.IntRange(min=1), help="Show this item alone, with every row.")
@options.lang
@options.home
@options.json
def show(
    bundle_id: str, out: Path | None, everything: bool, only: int | None, lang: Language, home: Path, as_json: bool
) -> None:
    """Show exactly what would leave, who would read it, and beside it what it replaces."""
    with options.opened(home) as node, node.engine.connect() as connection:
        bundle = candidate.load(connection, bundle_id)
        if only is not None and only > len(bundle.items):
            raise ItemNotThere(f"Bundle {bundle_id} has {many(len(bundle.items), 'item', 'items')}; name one of these.")
        shown, found = preview(connection, bundle), findings_of(connection, bundle_id)
        said: list[showing.Said] = [*review.decisions(connection, bundle_id), *officer.holds(connection, bundle_id)]
        said += officer.advice(connection, bundle_id)
        signed = signed_decisions.checked(connection, node.settings.region, bundle_id)
        lacks = review.lacks_approval(connection, bundle)
        if out is not None:
            write(bundle, shown, out)
        if as_json:
            click.echo(json.dumps(_as_data(shown, found, said) | {"signatures": msgspec.to_builtins(signed)}))
            return
        for line in showing.bundle_lines(shown, found, said, lang, bundle.report):
            click.echo(line)
        for one in signed:
            click.echo(
                f"{one.name}, {signed_decisions.STEPS[one.step].told(lang)}, {one.at[:10]}: "
                f"{signed_decisions.FOUND[one.found].told(lang)}"
            )
        changes.say_tables(connection, bundle)
        for line in showing.item_lines(shown, lang, everything, only):
            click.echo(line)
        _say_let_stand(connection, bundle)
    if out is not None:
        click.echo(f"The exact bytes that would leave, and a page of each item, are in {out}.")
    for line in next_step(bundle, found, lacks):
        click.echo(line)


@click.command("answer")
@click.argument("bundle_id")
@click.argument("codes", metavar="FINDING...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why it may stand; reviewers read it, so it names nobody.")
@options.author
@options.home
def answer_findings(bundle_id: str, codes: Sequence[str], reason: str, author: str, home: Path) -> None:
    """Answer what the desk found in a bundle; who answers does not review it."""
    with options.opened(home) as node, writing(node.engine) as connection:
        bundle = candidate.load(connection, bundle_id)
        entry = AuditEntry(author, "finding.answered", bundle_id, now())
        left = answer(connection, bundle_id, bundle.state, codes, reason, entry)
    if left:
        click.echo(f"Kept; {left} findings of {bundle_id} still need an answer.")
    else:
        click.echo(f"Kept; {bundle_id} goes to its reviewers now. Next: `review approve {bundle_id} --key FILE`.")


@click.command("certificate")
@click.argument("bundle_id")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write (Markdown).")
@options.lang
@options.home
def certificate(bundle_id: str, out: Path, lang: Language, home: Path) -> None:
    """Write one page on what was proven of an approved bundle, for the DPIA file."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = certify(connection, bundle_id)
        region = f"{node.settings.name} ({node.settings.region})"
    out.write_text(page(found, region, timestamp(now()), lang), encoding="utf-8")
    click.echo(f"The certificate of {bundle_id} is in {out}; it tells no hidden figure.")


def say_findings(connection: Connection, bundle: candidate.FrozenBundle, lang: Language = "en") -> None:
    """Tell an author what was found in the bundle that was just frozen."""
    found = findings_of(connection, bundle.id)
    for line in showing.finding_lines(found, [item.title for item in bundle.items], lang):
        click.echo(line)
    for line in next_step(bundle, found) if bundle.state is BundleState.TO_ANSWER else ():
        click.echo(line)


def write(bundle: candidate.FrozenBundle, shown: Preview, out: Path) -> None:
    """Write each item's exact bytes, its pages in both languages, and what the root is made of."""
    out.mkdir(parents=True, exist_ok=True)
    listed = []
    for item, frozen in zip(shown.items, bundle.items, strict=True):
        name = f"{item.position:03}"
        (out / f"{name}.json").write_bytes(frozen.payload)
        if (file := file_of(frozen.type, frozen.payload)) is not None:
            (out / f"{name}-{file.file_name}").write_bytes(file.content)
        for lang in ("nl", "en"):
            (out / f"{name}.{lang}.md").write_text(showing.page(item, "nl" if lang == "nl" else "en"), encoding="utf-8")
        listed.append(
            {
                "file": f"{name}.json", "type": frozen.type, "subject": frozen.subject, "audience": frozen.audience,
                "salt": frozen.salt.hex(), "payload_hash": frozen.payload_hash,
            }
        )  # fmt: skip
    made = {"bundle": bundle.id, "root": bundle.root, "items": listed}
    (out / "manifest.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def next_step(
    bundle: candidate.FrozenBundle, found: Sequence[DeskFinding], lacks_approval: bool = False
) -> tuple[str, ...]:
    """Return what comes next for a bundle; `lacks_approval` as `review.lacks_approval` tells."""
    match bundle.state:
        case BundleState.APPROVED if lacks_approval:
            return (
                "The key of a reviewer who approved it was taken back, so another reviewer must approve it too. Next: "
                f"`python -m node review approve {bundle.id} --key FILE`.",
            )
        case BundleState.TO_ANSWER:
            codes = " ".join(one.kind.code for one in found if one.is_open)
            return (
                f"Review begins when the findings are answered. Next: `python -m node release answer {bundle.id} "
                f"{codes} --reason TEXT --author NAME`, or put them right and prepare it again.",
            )
        case BundleState.UNDER_REVIEW:
            return (
                f"It needs {_approvals(bundle.needed)}. Next: `python -m node review approve {bundle.id} --key FILE`.",
            )
        case BundleState.HELD:
            return (f"It is on hold. Next: an officer runs `python -m node review dpo lift {bundle.id} --key FILE`.",)
        case BundleState.APPROVED:
            return (f"It is approved. Next: `python -m node release publish {bundle.id} --author NAME`.",)
    return ()


def _approvals(number: int) -> str:
    return "1 approval" if number == 1 else f"{number} approvals"


def _as_data(shown: Preview, found: Sequence[DeskFinding], said: Sequence[showing.Said]) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(shown)
    for item, made in zip(shown.items, data["items"], strict=True):
        made["attackers"] = [] if item.proof is None else msgspec.to_builtins(attackers_words(item.proof))
    data["findings"] = [{**msgspec.to_builtins(one), "open": one.is_open} for one in found]
    data["decisions"] = msgspec.to_builtins([one for one in said if isinstance(one, review.Decision)])
    data["holds"] = msgspec.to_builtins([one for one in said if isinstance(one, officer.Hold)])
    data["advice"] = msgspec.to_builtins([one for one in said if isinstance(one, officer.Advice)])
    return data


def _say_let_stand(connection: Connection, bundle: candidate.FrozenBundle) -> None:
    """Show reviewers the words that the scan marked and somebody let stand."""
    for item in bundle.items:
        content = content_in(item.type, item.payload)
        if not isinstance(content, Words):
            continue
        for one in resolved(connection, content):
            click.echo(f"  Words let stand, {one}")
            click.echo(f"    {visible(words_at(content, one.finding) or '')}")
