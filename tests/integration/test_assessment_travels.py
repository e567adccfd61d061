"""A round from a region's panel to the hub's readers: in bands as it was approved, and no answer comes along."""

import msgspec
from sqlalchemy import select

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.release import candidate, redact
from node.release.panel import AskedAssessment
from node.tables import panel_answer
from tests.integration.test_evaluation_travels import Line, line
from tests.support.panels import hold_round, with_means
from tests.support.small_region import CODE, NOW

__all__ = ["line"]


def test_what_was_approved_is_what_readers_get_and_no_answer_comes_along(line: Line) -> None:
    node = line.region.node
    rows = with_means((349, 304, 320, 302, 304), ("government",) * 7 + ("practice",) * 10 + ("citizens",) * 8)
    hold_round(node.settings.home, "voorjaar", "2025", rows)
    key = node.secret("subject")
    with writing(node.engine) as connection:
        bundle = flow.release(
            connection, node.settings, (), (), (), (), (AskedAssessment("voorjaar", "programme office"),),
            audience="public", subject_key=key, entry=AuditEntry("Author", "bundle.prepared", "voorjaar", NOW),
        )  # fmt: skip
    event_id = line.release(bundle)
    found = line.get(f"/api/v1/assessments/{event_id}").get_json()
    assert (found["payload"]["answered"], found["payload"]["made_by"]) == (25, "programme office")
    assert "Professioneel organiseren" in line.get(f"/regions/{CODE}").text
    with node.engine.connect() as connection:
        held = connection.scalars(select(panel_answer.c.answers)).all()
    assert len(held) == 25
    told = msgspec.json.encode(found).decode() + line.get(f"/api/v1/ledger/{CODE}").text
    assert not any(answers in told.replace(" ", "") for answers in held)

    with writing(node.engine) as connection:
        _, notice = redact.order(connection, event_id, "A finding told too much.")
        assert any("its assessment and salt are destroyed" in words for words in notice.summary)
        entry = AuditEntry("Author", "bundle.prepared", event_id, NOW)
        bundle = candidate.freeze(connection, [notice], audience="public", subject_key=key, entry=entry, now=NOW)
    line.release(bundle)
    assert line.get(f"/api/v1/assessments/{event_id}").status_code == 410
    assert "nog geen beoordeling" in line.get(f"/regions/{CODE}").text
