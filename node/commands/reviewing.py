"""Commands of reviewers and of those who write lessons down."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from connectors.database import writing
from connectors.secret_files import write_secret
from node.audit import AuditEntry, timestamp
from node.bootstrap import now, read_reviewer_key
from node.knowledge import lessons
from node.release import review
from node.release.person import folded
from node.release.signed_decisions import keep
from schemas.signature import SigningKey

from . import deciding, desk, officers, options


@click.group("review")
def review_group() -> None:
    """Join as a reviewer, look at what would leave, approve or reject it."""


review_group.add_command(desk.show)
review_group.add_command(officers.dpo_group)


@review_group.command("join")
@click.option("--name", required=True, help="The reviewer's name; stays inside the region.")
@click.option("--organisation", required=True, help="The organisation that mandates the reviewer.")
@options.key
@options.passphrase
@options.home
def join(name: str, organisation: str, key: Path, passphrase: str, home: Path) -> None:
    """Make a reviewer's key (kept in the file you name) and register its public half."""
    with options.opened(home) as node:
        if key.exists():
            raise review.ReviewerTaken(f"{key} exists already; name a new file for the key.")
        fresh = SigningKey.generate()
        with writing(node.engine) as connection:
            person = review.Reviewer(name, organisation, fresh.public)
            review.register(connection, person, AuditEntry(name, "reviewer.joined", fresh.public.key_id, now()))
            write_secret(key, fresh.to_pem(passphrase.encode() or None))
            people = review.reviewers(connection)
        enrolled = node.settings.secret("token").is_file()
    click.echo(f"{name} joined; the key is in {key}. Keep it with you, not on the node.")
    if len(people) > 1 and len({folded(one.organisation) for one in people}) == 1:
        click.echo(f"All {len(people)} reviewers sign for {organisation}; figures need reviewers of two organisations.")
    if enrolled:
        click.echo(
            "The hub does not know this reviewer yet. Next: `python -m node key add-reviewer "
            f"{shlex.quote(name)} --key FILE --author NAME`, which two others approve."
        )


@review_group.command("approve")
@click.argument("bundle_id")
@options.key
@options.passphrase
@options.home
def approve(bundle_id: str, key: Path, passphrase: str, home: Path) -> None:
    """Sign the frozen copy with your own key."""
    with options.opened(home) as node:
        signing = read_reviewer_key(key, passphrase)
        with writing(node.engine) as connection:
            bundle = review.approve(connection, bundle_id, node.settings.region, signing, now())
    click.echo(f"Your approval of {bundle_id} is kept; the bundle is {bundle.state.words}.")


@review_group.command("reject")
@click.argument("bundle_id")
@click.option("--reason", required=True, help="What must change.")
@options.key
@options.passphrase
@options.home
def reject(bundle_id: str, reason: str, key: Path, passphrase: str, home: Path) -> None:
    """Send a bundle back."""
    with options.opened(home) as node:
        signing = read_reviewer_key(key, passphrase)
        with writing(node.engine) as connection:
            at = now()
            copy = review.reject(connection, bundle_id, signing, reason, at)
            keep(connection, node.settings.region, copy, "reject", signing, reason, timestamp(at))
    click.echo(f"Bundle {bundle_id} is rejected and cannot leave.")


@click.group("lesson")
def lesson_group() -> None:
    """Write down what was learnt."""


@lesson_group.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@options.author
@options.home
def add_lesson(file: Path, author: str, home: Path) -> None:
    """Keep the lesson in FILE (YAML) as a draft."""
    with options.opened(home) as node:
        found = lessons.read_lesson(file)
        with writing(node.engine) as connection:
            lessons.keep(connection, found, AuditEntry(author, "lesson.written", found.lesson, now()))
    click.echo(f"Lesson '{found.lesson}' is kept as a draft.")
    click.echo(f"Next: `python -m node release lesson {found.lesson} --author NAME --audience partners`.")


@lesson_group.command("findings")
@click.argument("lesson_id")
@options.home
def findings(lesson_id: str, home: Path) -> None:
    """List what in a lesson may point at a person, with the words around it and what was decided."""
    deciding.say_findings(home, lessons.find, lesson_id, "lesson resolve")


@lesson_group.command("resolve")
@click.argument("lesson_id")
@click.argument("finding_ids", metavar="FINDING...", nargs=-1, required=True)
@click.option(
    "--reason", required=True, help="Why these words may stand; reviewers read it, so it does not repeat them."
)
@options.author
@options.home
def resolve_findings(lesson_id: str, finding_ids: Sequence[str], reason: str, author: str, home: Path) -> None:
    """Let findings stand, as the lesson reads now; all of them or, where one is refused, none."""
    click.echo(deciding.let_stand(home, lessons.find, lesson_id, finding_ids, reason, author))
