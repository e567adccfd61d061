"""What the commands show: bundles as they would leave, the chain, totals, health. Counts and codes, never a person."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import click
from sqlalchemy import Connection, Row, select

from node.indicators.compile import is_money
from node.indicators.figures import ComputedIndicator
from node.release import candidate, review
from node.release.assessment_words import assessment_parts
from node.release.attackers import attackers_words
from node.release.candidate import FrozenBundle
from node.release.evaluation_words import parts
from node.release.ledger import ChainBroken as ChainBroken
from node.release.ledger import entries
from node.release.ledger import verify_chain as verify_chain
from node.release.markdown import visible
from node.release.rhythm import rhythm
from node.release.standing import content_in, content_of
from node.release.states import BundleState
from node.release.subject import Words
from node.release.wording import READERS
from node.tables import bundle as bundle_table
from schemas.assessment import AssessmentPublished
from schemas.citation import CitationPublished
from schemas.codes import TOTAL
from schemas.evaluation import EvaluationPublished
from schemas.item_words import told_fields
from schemas.items import Item
from schemas.payloads import IndicatorPublished
from schemas.signature import PublicKey
from schemas.text import many
from schemas.upcast import read_payload
from schemas.values import Exact, Suppressed

_LONGEST_SHOWN = 8_000  # characters of one field
_TOTALS_SHOWN = 20  # a public table of 148 indicators is read in the files that --out writes


def show(bundle: FrozenBundle) -> None:
    """Say what a bundle that was just frozen holds and what comes next."""
    kinds: Counter[str] = Counter()
    totals: list[str] = []
    words: list[str] = []
    for item in bundle.items:
        payload = read_payload(item.type, item.payload) if item.payload else None
        content = None if payload is None else content_of(payload)
        if isinstance(payload, Words):
            words += _words(payload)
        if isinstance(payload, EvaluationPublished):
            words += [f"{what.en}: {_begin(said.en)}" for _, what, said in parts(payload)]
        if isinstance(content, AssessmentPublished):
            words += [f"{what.en}: {said.en}" for _, what, said in assessment_parts(content)]
        if isinstance(content, IndicatorPublished):
            totals.append(_total(content))
            kinds.update(str(cell.value.__struct_config__.tag) for cell in content.cells)
    readers = bundle.items[0].audience
    number = "1 item" if len(bundle.items) == 1 else f"{len(bundle.items)} items"
    click.echo(f"Bundle {bundle.id} by {bundle.author}: {number} for {readers}, {bundle.state.words}.")
    click.echo(f"  To be read by {READERS[readers].en}.")
    for line in (*bundle.report, *_left(bundle)):
        click.echo(f"  {line}")
    for line in totals if len(totals) <= _TOTALS_SHOWN else []:
        click.echo(f"  {line}")
    for line in words:
        click.echo(f"  {visible(line)}")
    if kinds:
        click.echo("  Cells: " + ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) + ".")
    click.echo(f"  Root of the frozen copy: {bundle.root}.")
    if bundle.state is BundleState.UNDER_REVIEW:
        needed = "1 approval" if bundle.needed == 1 else f"{bundle.needed} approvals"
        click.echo(
            f"  It needs {needed}. Next: `python -m node review show {bundle.id} --out FOLDER`, then"
            f" `review approve {bundle.id} --key FILE`."
        )


def _left(bundle: FrozenBundle) -> Iterator[str]:
    """Say of the items that are protected what attackers are left with: each sentence once, and of which indicators."""
    about: dict[str, dict[str, list[str]]] = {}
    for item in bundle.items:
        content = content_in(item.type, item.payload)
        if item.proof is not None and isinstance(content, IndicatorPublished):
            for words in attackers_words(item.proof):
                about.setdefault(words.en, {}).setdefault(content.indicator, []).append(content.period)
    for sentence, found in about.items():
        named = (f"{name} {of[0]}" if len(of) == 1 else f"{name} ({len(of)} periods)" for name, of in found.items())
        yield f"{', '.join(named)}: {sentence}"


def _total(payload: IndicatorPublished) -> str:
    """Say what readers will see of an indicator as a whole."""
    name = f"{payload.indicator} {payload.period}, all together"
    value = next((c.value for c in payload.cells if set(c.nodes) == {TOTAL}), None)
    if isinstance(value, Exact):
        return f"{name}: {value.numerator}" + ("" if value.denominator is None else f" of {value.denominator}") + "."
    if isinstance(value, Suppressed):
        seen = f"at least {value.lo}" if value.hi is None else f"between {value.lo} and {value.hi}"
        return f"{name}: hidden; readers see {seen}."
    return f"{name}: no total of its own."


def _words(lesson: Words) -> list[str]:
    """Say what new words would tell its readers; of a revised one the report shows what changed."""
    if isinstance(lesson, Item):
        return [f"{what.en}: {said.en}" for _, what, said in told_fields(lesson)]
    fields = ((name, getattr(lesson, name)) for name in lesson.__struct_fields__)
    said = [f"{name}: {value}" for name, value in fields if isinstance(value, str)]
    return said + ([f"evidence: {one}" for one in lesson.evidence] if isinstance(lesson, CitationPublished) else [])


def _begin(text: str) -> str:
    """Return a text, of a very long one (the words of a file) how it begins."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} … ({len(text)} characters in all)"


def total_line(result: ComputedIndicator) -> str:
    """Return one indicator's total over all its cells, for eyes inside the region; money in euros."""
    total = int(result.numerator.sum())
    numerator = f"{Decimal(total) / 100:.2f} euro" if is_money(result.definition) else str(total)
    if result.denominator is None:
        return f"{result.definition.id} {result.period}: {numerator}"
    return f"{result.definition.id} {result.period}: {numerator} / {int(result.denominator.sum())}"


def say_bundles(connection: Connection, as_json: bool, every_months: int, today: date) -> None:
    """Say when the next bundle is due, and name every one, the newest last: scripts take the last line."""
    rows = connection.execute(select(bundle_table).order_by(bundle_table.c.created_at, bundle_table.c.id)).all()
    approved = [row.id for row in rows if row.state == BundleState.APPROVED]
    lacking = {one for one in approved if review.lacks_approval(connection, candidate.load(connection, one))}
    if as_json:
        click.echo(json.dumps([_as_listed(row, row.id in lacking) for row in rows]))
        return
    found = rhythm(connection, every_months)
    if found is not None:
        every = "every month" if every_months == 1 else f"every {every_months} months"
        overdue = ", which is past" if found.due < today else ""
        click.echo(f"Last release: {found.last} ({found.bundle}). Next due: {found.due}{overdue} ({every}).")
    for row in rows:
        lacks = ", lacks an approval: a reviewer's key was taken back" if row.id in lacking else ""
        click.echo(
            f"{row.id}  {row.state:<12}  {row.size:>4} {'item ' if row.size == 1 else 'items'}  by {row.author}{lacks}"
        )
    if not rows:
        click.echo("No bundle yet; make one with `release prepare`.")


def _as_listed(row: Row[Any], lacks_approval: bool) -> dict[str, Any]:
    listed = {"id": row.id, "author": row.author, "state": row.state, "size": row.size}
    return {**listed, "lacks_approval": lacks_approval}


def say_ledger(connection: Connection, key: PublicKey, as_json: bool) -> None:
    """Verify the chain and list every event with the hub's answer; raises ChainBroken."""
    length = verify_chain(connection, key)
    listed = entries(connection)
    if as_json:
        click.echo(json.dumps(listed))
        return
    for entry in listed:
        line = f"{entry['sequence']:>5}  {entry['time']}  {entry['type']}  {entry['audience']:<8}  {entry['hub']:<9}"
        click.echo(f"{line}  {entry['id']}  {entry['title'] or 'payload destroyed'}")
        if entry["reason"]:
            click.echo(f"       the hub says: {entry['reason']}")
    click.echo(f"The chain of {many(length, 'event', 'events')} verifies.")
