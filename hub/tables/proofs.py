"""What was proven of the figures that readers see together, and the totals that were kept of it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from .naming import metadata

# A total as it was proven and kept, per audience, cut and state of its regions; emptied once a part is destroyed.
shown_total = Table(
    "shown_total",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("indicator", String(100), nullable=False),
    Column("period", String(16), nullable=False),
    Column("region_set", String(64), nullable=False),
    Column("cut", String(200), nullable=False),  # as readers write it, in order: age_band:18-44,sex:f
    Column("audience", String(16), nullable=False),
    Column("vintage", String(64), nullable=False),  # SHA-256 over what stood of which region
    Column("numerator", BigInteger),
    Column("denominator", BigInteger),
    Column("regions", Integer, nullable=False),
    Column("out_of", Integer, nullable=False),
    Column("accepted_at", String(32), nullable=False),  # of the newest event it is made of
    Column("shown_at", String(32), nullable=False),
    UniqueConstraint("indicator", "period", "region_set", "cut", "audience", "vintage", name="shown_total_once"),
)

shown_total_part = Table(
    "shown_total_part",
    metadata,
    Column("total", Integer, ForeignKey("shown_total.id"), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("region", String(16), nullable=False),
    Index("shown_total_part_event", "event_id"),
)

# What everything that an audience sees of an indicator and period was found to tell together: places, never figures.
joint_audit = Table(
    "joint_audit",
    metadata,
    Column("indicator", String(100), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("audience", String(16), primary_key=True),
    Column("scope", String(64), nullable=False),  # SHA-256 over the events that were looked at
    Column("audited_at", String(32), nullable=False),
    Column("figures", Integer, nullable=False),
    Column("verdict", String(32), nullable=False),  # proven, not_proven or beyond_budget
    Column("told_cuts", Text, nullable=False),  # JSON: the cuts in which a hidden figure has too little room
    Column("looked", Integer, nullable=False),  # how many rows there were, with what took their places
    Column("sets", String(64), nullable=False),  # SHA-256 over the regions of every set
)

# Which process is proving what; a claim ends by itself.
proof_claim = Table(
    "proof_claim",
    metadata,
    Column("indicator", String(100), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("token", String(32), nullable=False),
    Column("until", String(32), nullable=False),
)

reopened = Table(
    "reopened",
    metadata,
    Column("indicator", String(100), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("audience", String(16), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("figures", Integer, nullable=False),  # how many of this event's hidden figures have too little room
    Column("found_at", String(32), nullable=False),
)
