"""Commands on linkage without an identifier: compare and load, a sample for a clerk, a report; all of it stays."""

import json as json_text
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from connectors.database import writing
from connectors.secret_files import write_secret
from connectors.sources.mapping import read_mapping
from node.audit import AuditEntry, record
from node.bootstrap import now
from node.records import clerical
from node.records.in_dutch import progress_in_dutch
from node.records.ingest import Progress
from node.records.link_persons import compare, link_persons
from node.records.linkage_model import require_installed
from node.work import linking
from schemas.codes import Language
from schemas.refused import Refused
from schemas.text import many

from . import options
from .choice import NoRecords

_mappings = click.argument("mappings", nargs=-1, required=True, type=click.Path(path_type=Path))
_VERDICTS: Final[dict[str, clerical.Verdict]] = {"s": "same", "d": "different", "u": "unsure"}
_ANSWERS: Final = click.Choice([*_VERDICTS, "b", "q"])


class NoLinkage(Refused, LookupError):
    """A node in which no persons were compared."""


@click.group("linkage")
def linkage_group() -> None:
    """Link sources that share no identifier, and see how well that went."""


@linkage_group.command("run")
@_mappings
@options.lang
@options.records_home
def run_linkage(mappings: Sequence[Path], lang: Language, home: Path) -> None:
    """Compare the persons of all sources that MAPPINGS describe, then load those sources; whole or not at all."""
    with options.opened(home) as node:
        report, loaded = link_persons(
            home, mappings, node.pseudonym_keys(), _tell(lang), now().date(), node.settings.division_year
        )
        clerical.delete_sample(home)  # of an earlier linkage
        with writing(node.engine) as connection:
            record(connection, AuditEntry("operator", "linkage.run", ", ".join(report.sources), now()))
    for line in (*report.lines(lang), *(line for one in loaded for line in one.lines(lang))):
        click.echo(line)


@linkage_group.command("sample")
@_mappings
@click.option("--linked", type=click.IntRange(1, 2000), default=150, show_default=True, help="Linked pairs to judge.")
@click.option("--apart", type=click.IntRange(0, 2000), default=50, show_default=True, help="Pairs kept apart to judge.")
@click.option(
    "--days", type=click.IntRange(1, clerical.LONGEST_DAYS), default=14, show_default=True, help="Then it is deleted."
)
@options.records_home
def make_sample(mappings: Sequence[Path], linked: int, apart: int, days: int, home: Path) -> None:
    """Compare the same sources again and keep a sample of pairs for a clerk, encrypted and for a short while."""
    require_installed()
    today = now().date()
    with options.opened(home) as node:
        compared = compare([read_mapping(file, today) for file in mappings], node.pseudonym_keys(), _tell())
        sample = clerical.draw(compared, linked, apart)
        clerical.delete_sample(home)
        key, expires_on = secrets.token_bytes(32), clerical.expiry(compared, today, days)
        write_secret(node.settings.secret(clerical.SAMPLE_KEY), key)
        clerical.write_sample(home, sample, key, expires_on)
        with writing(node.engine) as connection:
            record(connection, AuditEntry("operator", "linkage.sampled", sample.sample, now(), str(expires_on)))
    click.echo(
        f"{many(len(sample.pairs), 'pair waits', 'pairs wait')} for a clerk: `python -m node linkage review`. "
        f"Deleted on {expires_on}."
    )


@linkage_group.command("review")
@options.records_home
def review_sample(home: Path) -> None:
    """Show the pairs of the sample one by one and ask whether each is one person; go back, stop and go on."""
    with options.opened(home) as node:
        while True:
            review = linking.reviewing(node.settings, node.secret, now().date())
            pair = linking.shown(node.engine, review, "operator", now())
            if pair is None:
                break
            _show(pair, len(review.sample.pairs))
            answer = click.prompt("[s]ame, [d]ifferent, [u]nsure, [b]ack, [q]uit", type=_ANSWERS)
            if answer == "q":
                break
            try:
                if answer != "b":
                    linking.judge(home, node.engine, review, pair.number, _VERDICTS[answer], "operator", now())
                elif review.last is not None:
                    linking.take_back(home, node.engine, review, review.last, "operator", now())
            except linking.PairPassed as passed:  # somebody at the desk was first
                click.echo(str(passed))
    click.echo("Kept. `python -m node linkage report` says what it means.")


@linkage_group.command("report")
@options.json
@options.lang
@options.records_home
def report_linkage(as_json: bool, lang: Language, home: Path) -> None:
    """Say how many pairs were linked and by what, and how sure that is: by the model and by the clerk."""
    found_now = linking.linkage(home)
    if found_now is None:
        raise NoRecords("No source is loaded here yet; run `python -m node source load MAPPING` first.")
    report, judgement = found_now.report, found_now.judgement
    if report is None:
        raise NoLinkage("No persons were compared here yet; `python -m node linkage run MAPPING...` does.")
    if as_json:
        found = msgspec.to_builtins(report)
        if judgement is not None:
            found["clerk"] = {
                "precision": judgement.precision,
                "interval": judgement.linked.interval,
                "judged": judgement.linked.judged,
                "recall": judgement.recall,
            }
        click.echo(json_text.dumps(found))
        return
    unjudged = "nog niet door een medewerker beoordeeld" if lang == "nl" else "not judged by a clerk yet"
    stale = [one.told(lang) for one in found_now.stale_told()]
    for line in (*report.lines(lang), *stale, *(judgement.lines(lang) if judgement else (unjudged,))):
        click.echo(line)


def _show(pair: clerical.SampledPair, of: int) -> None:
    click.echo(f"\nPair {pair.number} of {of}: {pair.sources[0]} | {pair.sources[1]}")
    for name, left, right, is_same in pair.rows():
        click.echo(f"  {name:16} {'=' if is_same else ' '} {left:30} | {right}")


def _tell(lang: Language = "en") -> Progress:
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda text: click.echo(progress_in_dutch(text) if lang == "nl" else text, err=True)
