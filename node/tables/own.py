"""What the node keeps for itself: lessons, definitions, interventions, plans and their runs, the audit log."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from .naming import metadata

lesson = Table(
    "lesson",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("payload", Text, nullable=False),  # JSON of schemas.payloads.LessonPublished
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)

reply = Table(
    "reply",
    metadata,
    Column("id", String(64), primary_key=True),  # the reply's own name and its language
    Column("payload", Text, nullable=False),  # JSON of schemas.payloads.ReplyPublished
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)

# A finding in a lesson or reply that somebody let stand; its words are not kept, and its id holds for one text only.
finding = Table(
    "finding",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("lesson", String(64), nullable=False, index=True),  # of a reply: reply:NAME
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

# Items of knowledge and of the programme as drafts (schemas.items): a row per noun and name.
draft_item = Table(
    "draft_item",
    metadata,
    Column("noun", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),  # its name in the region
    Column("payload", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)

citation = Table(
    "citation",
    metadata,
    Column("id", String(64), primary_key=True),  # its name in the region
    Column("payload", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)

intervention = Table(
    "intervention",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of node.knowledge.interventions.Intervention
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)

# Messages of readers about this region's lessons, fetched from the hub; the words go once one is done.
message = Table(
    "message",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of schemas.message.ReaderMessage; empty once it is done
    Column("fetched_at", String(32), nullable=False),
    Column("done_at", String(32)),
)
