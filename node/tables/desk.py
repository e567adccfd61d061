"""What waits at the desk, who decides, and what was released by it.

An empty salt and payload of an item mean that a `redacted` event destroyed them.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from .naming import metadata

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

# Who rejected, held, lifted or advised signed it, over what stands in `approval`, `hold` or the audit log.
decision_signature = Table(
    "decision_signature",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bundle_id", ForeignKey("bundle.id"), nullable=False, index=True),
    Column("step", String(8), nullable=False),  # reject | hold | lift | advise
    Column("key_id", String(16), nullable=False),
    Column("decided_at", String(32), nullable=False),  # as the decision itself has it
    Column("signed_at", String(32), nullable=False),  # of the page that was signed
    Column("signature", String(128), nullable=False),
)
