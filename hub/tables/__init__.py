"""The hub's tables: signed bytes and keys are kept for good, projections are made again from them by `rebuild`.

Times are UTC text (`2026-11-22T21:00:00Z`), since that text is what receipts sign; it sorts as time does.
An empty salt and payload mean that both were destroyed by a `redacted` event, or came without: the chain stays whole.
"""

from typing import Final, Literal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .assessments import assessment
from .audit import audit_log
from .citations import citation
from .evaluations import evaluation
from .items import item, item_names
from .naming import metadata
from .proofs import joint_audit, proof_claim, reopened, shown_total, shown_total_part
from .replies import held_figure, reply
from .subscriptions import announcement, delivery, delivery_attempt, subscription

# from modules of their own
__all__ = [
    "announcement",
    "assessment",
    "audit_log",
    "citation",
    "delivery",
    "delivery_attempt",
    "evaluation",
    "held_figure",
    "item",
    "item_names",
    "joint_audit",
    "metadata",
    "proof_claim",
    "reopened",
    "reply",
    "shown_total",
    "shown_total_part",
    "subscription",
]
WITHHELD: Final = "length(salt) = 0"  # of an event: written out, since a partial index serves no bound parameter
ARRIVED: Final = "position > 0"  # of every event: its index is for which came last, and for no other question

region = Table(
    "region",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("region_set", String(64), nullable=False),
    Column("enrolled_at", String(32)),
    Column("awaiting", String(64)),  # the fingerprint of keys that nobody has approved yet; NULL: none wait
)

key = Table(
    "key",
    metadata,
    Column("region", String(16), ForeignKey("region.code"), primary_key=True),
    Column("key_id", String(16), primary_key=True),
    Column("hex", String(64), nullable=False),
    Column("use", String(16), nullable=False),
    Column("role", String(100), nullable=False),
    Column("enrolled_at", String(32), nullable=False),
    Column("from_sequence", Integer, nullable=False, server_default="1"),  # holds for from <= sequence < until
    Column("until_sequence", Integer),  # NULL: holds on
    CheckConstraint("use IN ('service', 'reviewer')", name="key_use"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("region", String(16), ForeignKey("region.code"), nullable=False),
    Column("issued_at", String(32), nullable=False),
    Column("used_at", String(32)),
    Column("fingerprint", String(64)),  # of the only keys it is good for, where the operator was told beforehand
)

event = Table(
    "event",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("region", String(16), ForeignKey("region.code"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("type", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("bundle_root", String(64), nullable=False),
    Column("bundle_index", BigInteger, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    UniqueConstraint("region", "sequence", name="event_place"),
    UniqueConstraint("region", "bundle_root", "bundle_index", name="event_approved_once"),
    CheckConstraint("audience IN ('public', 'partners', 'network')", name="event_audience"),
    Index("event_arrival", "region", "position", sqlite_where=text(ARRIVED), postgresql_where=text(ARRIVED)),
    Index("event_withheld", "region", "sequence", sqlite_where=text(WITHHELD), postgresql_where=text(WITHHELD)),
)

# Receipts of one region that were signed together. A row of `event` whose receipt names a batch stands in it.
receipt_batch = Table(
    "receipt_batch",
    metadata,
    Column("first_event", String(64), ForeignKey("event.id"), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("signature", String(128), nullable=False),
    Column("leaves", LargeBinary, nullable=False),  # 32 bytes a receipt, in order of their index
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("region", String(16)),
    Column("event_id", String(64), nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # empty once its payload was destroyed
    Column("times", Integer, nullable=False, server_default="1"),  # how often the same event came and was refused
    Column("last_at", String(32)),
    Column("state", String(16), nullable=False, server_default="open"),  # open | accepted | discarded
    Column("decided_at", String(32)),
    Column("decided_by", String(200)),
    Column("decision", Text),
    Index("dead_letter_again", "event_id", "reason", "state"),
    Index("dead_letter_open", "state", "region"),
)

SupersededKind = Literal["corrected", "revised", "withdrawn", "redacted", "pending", "settled"]

# What took the place of an event, took it away, or said that its correction waits (or waits no more). It may be here
# before that event is: order of arrival means nothing.
superseded = Table(
    "superseded",
    metadata,
    Column("by_event", String(64), ForeignKey("event.id"), primary_key=True),
    Column("event_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),  # SupersededKind
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),  # of the event that takes the place
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Index("superseded_event", "event_id", "kind"),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("by_event", String(64), ForeignKey("event.id"), primary_key=True),  # the withdrawal or redaction
    Column("subscriber", String(200), primary_key=True),
    Column("acknowledged_at", String(32), nullable=False),
)

daily_head = Table(
    "daily_head",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),  # canonical schemas.heads.Heads
)

indicator_payload = Table(
    "indicator_payload",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("indicator", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition_hash", String(64), nullable=False),
    Column("period", String(16), nullable=False),
    Column("region_set", String(64), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    # both hold all that a reader is counted by, so that the table itself is looked at for chosen rows only
    Index(
        "indicator_payload_lookup",
        *("indicator", "period", "region", "sequence", "region_set", "audience", "accepted_at"),
    ),
    Index("indicator_payload_of_region", "region", "indicator", "period", "region_set", "audience"),
)

lesson = Table(
    "lesson",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("lesson", String(100), nullable=False),
    Column("language", String(2), nullable=False),
    Column("title", Text, nullable=False),
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Index("lesson_lookup", "region", "lesson", "language", "sequence"),
)

transport_position = Table(
    "transport_position",
    metadata,
    Column("topic", String(249), primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)

# Definitions adopted by the network, beside those that are part of the program; a version never changes.
adopted_definition = Table(
    "adopted_definition",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("indicator", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),  # JSON of schemas.definition_list.Offered
    Column("proposed_by", String(16)),  # the region; NULL: the hub's own team
    Column("reason", Text, nullable=False),
    Column("adopted_by", String(200), nullable=False),
    Column("adopted_at", String(32), nullable=False),
    UniqueConstraint("indicator", "version", name="adopted_definition_once"),
)

# The least version of an indicator that regions are asked to count by.
least_version = Table(
    "least_version",
    metadata,
    Column("indicator", String(100), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("set_by", String(200), nullable=False),
    Column("set_at", String(32), nullable=False),
)

# what `rebuild` makes
PROJECTIONS = (indicator_payload, lesson, evaluation, assessment, reply, citation, item, item_names, superseded)
