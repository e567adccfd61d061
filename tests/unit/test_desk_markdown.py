"""Names and words that add lines to a certificate, or hide and run things in the pages written for reviewers."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node
from node.commands import showing
from node.release import review
from node.release.certificate import certify
from node.release.certificate_text import page
from node.release.markdown import escaped
from node.release.preview import preview
from schemas.codes import Language
from schemas.signature import SigningKey
from tests.support.corrections import KEYS, NOW, make_node, prepared, table
from tests.support.desk import OFFICER, approve, hold, join, lift
from tests.support.events import lesson

FORGED = "## Checked by the authority"
TAG = "<img src=https://example.org/x>"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_name_adds_no_line_and_no_tag_to_a_certificate(node: Node, lang: Language) -> None:
    key, hostile = SigningKey.generate(), f"hospital)\n\n{FORGED}\n\n{TAG}"
    join(node, f"Officer {hostile}", OFFICER)
    with writing(node.engine) as connection:
        person = review.Reviewer(f"Third {hostile}", f"Third {hostile}", key.public)
        review.register(connection, person, AuditEntry("Third", "reviewer.joined", "key", NOW))
    bundle = prepared(node, table(GM0001=30))
    hold(node, bundle.id)
    lift(node, bundle.id)
    approve(node, bundle.id, KEYS[0])
    approve(node, bundle.id, key)
    with node.engine.connect() as connection:
        found = certify(connection, bundle.id)
    written = page(found, f"Duinrand {hostile}", "2026-11-22", lang)
    assert FORGED not in written.splitlines()
    assert written.count(FORGED) == 4
    assert "<" not in written


@pytest.mark.parametrize("hidden", [TAG, f"\\{TAG}", f"\\\\{TAG}", "x | y", "x \\| y", "![x](https://example.org/x)"])
def test_a_page_for_reviewers_holds_no_tag_no_link_and_no_cell_of_its_own(node: Node, hidden: str) -> None:
    """In Markdown a backslash before a backslash is a sign of its own, and frees what stands behind it."""
    words = msgspec.structs.replace(lesson(), title=f"A title {hidden}", context=f"Words {hidden}.")
    bundle = prepared(node, words)
    with node.engine.connect() as connection:
        (item,) = preview(connection, bundle).items
    written = showing.page(item, "en")
    assert "<" not in written
    cells = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in written.splitlines() if line.startswith("|")}
    assert cells == {5}
    assert not re.search(r"(?<!\\)(?:\\\\)*\[", written)


def test_what_is_escaped_stays_on_one_line_and_can_be_read() -> None:
    assert escaped("Anna\tde\n\u2028Boer") == "Anna de Boer"
    assert escaped("a\\|b") == "a\\\\\\|b"
    assert escaped("GGD *Noord* \u202e") == "GGD \\*Noord\\* \\\\u202e"
