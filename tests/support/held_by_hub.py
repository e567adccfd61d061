"""A hub whose tables are filled by hand: what was accepted, without the way it came in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import flask
import msgspec

from hub import tables
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.identity.tables import token as token_table
from hub.intake.project import project
from hub.serving.prove import prove
from schemas.catalogue import catalogue
from schemas.codes import Audience, EventType
from schemas.envelope import CHAIN_START, Bundle, Envelope
from schemas.payloads import (
    PAYLOADS,
    Cell,
    Computed,
    IndicatorPublished,
    LessonPublished,
    Payload,
    TakenOver,
    unknown_to,
)
from schemas.values import TypedValue

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COMPUTED = Computed(sources=("gp",), protection="plain", audit="0" * 64)
TAKEN_OVER = TakenOver(
    owner="An owner",
    table="A table",
    url="https://example.org/table",
    licence="CC BY 4.0",
    retrieved_on="2026-11-01",
    file_sha256="f" * 64,
)


@dataclass
class HeldByHub:
    """A hub to put accepted events into and to ask over HTTP."""

    hub: Hub
    app: flask.Flask
    sequence: int = 0

    @classmethod
    def opened(cls, folder: Path, public_url: str | None = None) -> "HeldByHub":
        """Open an empty hub in a folder; only with an address of this machine do its cookies go over plain HTTP."""
        environ = {} if public_url is None else {"REGIOHELIX_HUB_PUBLIC_URL": public_url}
        hub = replace(make_hub(folder / "hub", environ), clock=lambda: NOW)
        return cls(hub, application(hub))

    def prove(self) -> None:
        """Prove what was accepted, as the schedule of `serve` does: until then totals are withheld."""
        prove(self.hub.engine, self.hub.clock)

    def region(self, code: str, name: str, region_set: str = "ggd", token: str | None = None) -> None:
        """Enrol a region."""
        at = "2026-11-01T00:00:00Z"
        with self.hub.engine.begin() as connection:
            connection.execute(
                tables.region.insert().values(code=code, name=name, region_set=region_set, enrolled_at=at)
            )
            if token is not None:
                digest = hashlib.sha256(token.encode()).hexdigest()
                kept = {"id": digest[:16], "sha256": digest, "name": "enrolment", "owner": f"region {code}"}
                connection.execute(token_table.insert().values(**kept, scopes=f"read:network send:{code}", made_at=at))

    def accept(
        self,
        region: str,
        payload: Payload,
        audience: Audience = "public",
        accepted_at: str = "2026-11-20T12:00:00Z",
    ) -> str:
        """Hold a payload as the next accepted event of a region; return the event's id."""
        self.sequence += 1
        event_id = hashlib.sha256(f"{region}{self.sequence}".encode()).hexdigest()
        common = {"region": region, "sequence": self.sequence, "audience": audience, "accepted_at": accepted_at}
        type_ = next(
            one.value
            for one, shape in PAYLOADS.items()
            if isinstance(payload, shape) and unknown_to(one, payload) is None
        )
        event = {"id": event_id, "previous": "0" * 64, "type": type_, "subject": "s", "envelope": b""}
        event |= {"bundle_root": event_id, "bundle_index": 0}
        row = tables.event.insert().values(
            **common, **event, salt=b"", payload=msgspec.json.encode(payload), receipt=b""
        )
        envelope = Envelope(
            region, self.sequence, CHAIN_START, EventType(type_), "s", accepted_at, audience, "", "",
            Bundle(event_id, 0, 1, ()), (),
        )  # fmt: skip
        with self.hub.engine.begin() as connection:
            connection.execute(row)
            for table, values in project(event_id, envelope, payload, accepted_at):
                connection.execute(table.insert().values(**values))
        return event_id


def figures(
    indicator: str,
    values: Mapping[tuple[str, ...], TypedValue],
    period: str = "2025",
    region_set: str = "ggd",
    origin: Computed | TakenOver = COMPUTED,
) -> IndicatorPublished:
    """Make a payload of one indicator of the catalogue."""
    definition = catalogue()[indicator]
    return IndicatorPublished(
        indicator=indicator,
        version=definition.version,
        definition_hash=definition.hash,
        period=period,
        region_set=region_set,
        division_year=2023,
        indicator_kind=definition.kind,
        dimensions=definition.dimensions,
        cells=tuple(Cell(nodes, value) for nodes, value in values.items()),
        origin=origin,
    )


def a_lesson(lesson: str = "les-1", title: str = "Bel eerst, kom dan langs", **other: str) -> LessonPublished:
    """Make a lesson whose texts a test may replace."""
    texts = {
        "context": "Een wijkteam zag patiënten vaak te laat.",
        "barrier_or_opportunity": "Niemand had tijd.",
        "action": "Een vast belmoment.",
        "consequence": "Minder spoed.",
        "advice": "Begin klein.",
        "author_role": "wijkverpleegkundige",
        "licence": "CC BY 4.0",
    } | other
    return LessonPublished(
        lesson=lesson,
        language="nl",
        title=title,
        themes=("diabetes",),
        steps=(3,),
        helix_voices=("practice",),
        indicators=("h.dm_prev",),
        **texts,
    )
