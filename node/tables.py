"""The node's own store: release bundles, the signed chain, the outbox, lessons, the audit log. Never a person's row.

An empty salt and payload of an item, and an outbox body without data, mean that a `redacted` event destroyed them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

reviewer = Table(
    "reviewer",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("organisation", Text, nullable=False),
    Column("public_hex", String(64), nullable=False),
    Column("registered_at", String(32), nullable=False),
    Column("enrolled_at", String(32)),  # when the hub came to know this key; NULL: it does not yet
    Column("revoked_at", String(32)),
)

# Data protection officers: they advise and hold, and are never among the reviewers.
officer = Table(
    "officer",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("public_hex", String(64), nullable=False),
    Column("registered_at", String(32), nullable=False),
)

# The region's service keys over time: a signature at sequence s is by the key with from <= s < until.
service_key = Table(
    "service_key",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("public_hex", String(64), nullable=False),
    Column("from_sequence", Integer, nullable=False),
    Column("until_sequence", Integer),
)

bundle = Table(
    "bundle",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("author", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("root", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("needed", Integer, nullable=False),  # approvals needed
    Column("report", Text, nullable=False),  # JSON, for the reviewers; never leaves
    Column("created_at", String(32), nullable=False),
)

item = Table(
    "item",
    metadata,
    Column("bundle_id", ForeignKey("bundle.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("type", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("facts", Text),  # JSON of node.release.proof.Proof, for reviewers; never leaves. NULL: nothing was computed
    Index("ix_item_subject", "subject"),
)

# What the desk found when a bundle was frozen, by code; an answer says why it may stand.
bundle_finding = Table(
    "bundle_finding",
    metadata,
    Column("bundle_id", ForeignKey("bundle.id"), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("places", Text, nullable=False),  # JSON: [position, what was found there] for each
    Column("needs_answer", Boolean, nullable=False),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_at", String(32)),
)

remembered = Table(
    "remembered",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bundle_id", ForeignKey("bundle.id"), nullable=False, index=True),
    Column("statistic", Text, nullable=False),
    Column("period", String(10), nullable=False),
    Column("nodes", Text, nullable=False),  # JSON array
    Column("value", BigInteger),  # NULL = hidden
)

# A statistic as it was released, hidden figures included; absent for what came back from the hub or an older store.
vintage = Table(
    "vintage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bundle_id", ForeignKey("bundle.id"), nullable=False, index=True),
    Column("statistic", Text, nullable=False),
    Column("period", String(10), nullable=False),
    Column("body", Text, nullable=False),  # JSON of its dimensions and leaves
)

approval = Table(
    "approval",
    metadata,
    Column("bundle_id", ForeignKey("bundle.id"), primary_key=True),
    Column("key_id", ForeignKey("reviewer.key_id"), primary_key=True),
    Column("decision", String(8), nullable=False),  # approve | reject
    Column("signature", String(128)),
    Column("reason", Text),
    Column("decided_at", String(32), nullable=False),
)

# A bundle is held as long as one of these was not lifted.
hold = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bundle_id", ForeignKey("bundle.id"), nullable=False, index=True),
    Column("key_id", ForeignKey("officer.key_id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_at", String(32), nullable=False),
    Column("lifted_by", ForeignKey("officer.key_id")),
    Column("lift_reason", Text),
    Column("lifted_at", String(32)),
)

event = Table(
    "event",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("bundle_id", ForeignKey("bundle.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    UniqueConstraint("bundle_id", "position"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("topic", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),  # pending | sent | accepted | refused
    Column("attempts", Integer, nullable=False, default=0),
    Column("sent_at", String(32)),
    Column("due_at", String(32)),  # not before; NULL: at once
    Index("ix_outbox_state_sequence", "state", "sequence"),
)

answer = Table(
    "answer",
    metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True),
    Column("answer", Text, nullable=False),  # JSON of schemas.receipt.Answer
    Column("received_at", String(32), nullable=False),
)

# What the hub said of all chains, kept to be compared with what others were told, and with what it says later.
head_seen = Table(
    "head_seen",
    metadata,
    Column("as_of", String(32), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical schemas.heads.Heads
)

# The hub's last word on this region's own chain.
standing_seen = Table(
    "standing_seen",
    metadata,
    Column("as_of", String(32), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of schemas.standing.Standing
)

lesson = Table(
    "lesson",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("payload", Text, nullable=False),  # JSON of schemas.payloads.LessonPublished
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)

# A finding in a lesson that somebody let stand; its words are not kept, and its id holds for one text only.
finding = Table(
    "finding",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("lesson", String(64), nullable=False, index=True),
    Column("field", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("decided_at", String(32), nullable=False),
)

# A row here: this store came back from a backup of `made_at`, and nothing is signed before it has caught up.
restored = Table(
    "restored",
    metadata,
    Column("restored_at", String(32), primary_key=True),
    Column("made_at", String(32), nullable=False),
)

# Definitions that came signed from the hub; the packaged ones are part of the program.
definition = Table(
    "definition",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("indicator", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),  # JSON of schemas.definition_list.Offered
    Column("received_at", String(32), nullable=False),
    UniqueConstraint("indicator", "version"),
)

# The hub's last list of definitions, as it was signed.
definition_list = Table(
    "definition_list",
    metadata,
    Column("as_of", String(32), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # canonical schemas.definition_list.DefinitionList
)

# Which versions this region computes: approved by name, by the hash of what was approved.
definition_approval = Table(
    "definition_approval",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("indicator", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_at", String(32), nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

# What this node does by itself, and when.
plan = Table(
    "plan",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("task", Text, nullable=False),  # JSON of node.work.plans.Task
    Column("at", Text, nullable=False),  # crontab
    Column("zone", String(64), nullable=False),
    Column("author", Text, nullable=False),
    Column("added_at", String(32), nullable=False),
)

# Every run of a plan, and the rounds of shipping that did something; a plan that is gone leaves its runs behind.
run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(40), nullable=False),
    Column("due_at", String(32), nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("ended_at", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),  # a sentence; never a record's value
    Column("bundle_id", String(32)),
    Column("retry_at", String(32)),
    UniqueConstraint("plan", "due_at"),
    Index("ix_run_due_at", "due_at"),
)

intervention = Table(
    "intervention",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of node.knowledge.interventions.Intervention
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)
