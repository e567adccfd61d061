"""Digests by e-mail: who asked for one, and which lessons each was told of; addresses are sealed."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from .naming import metadata

# One asking for a digest. It is not confirmed until somebody who reads that address says so; of one address one row at
# most is confirmed and one is not.
digest = Table(
    "digest",
    metadata,
    Column("id", String(32), primary_key=True),  # random
    Column("address_mac", String(64), nullable=False),  # HMAC of the address, to find it by
    Column("address", LargeBinary, nullable=False),  # sealed; empty where the account's own address counts
    Column("account", String(64)),  # NULL: a visitor, who reads what is public
    Column("language", String(2), nullable=False),
    Column("rhythm", String(8), nullable=False),  # daily | weekly | monthly
    Column("question", String(200), nullable=False),
    Column("facets", Text, nullable=False),  # JSON: the values that were chosen, by the facet's name
    Column("asked_at", String(32), nullable=False),
    Column("asked", Integer, nullable=False),  # how often since the first time that was not confirmed
    Column("confirmed_at", String(32)),
    Column("since", String(32)),  # lessons that the hub accepted from then on are news
    Column("due_at", String(32)),  # of a confirmed one its next digest, of another the mail that asks; NULL: none
    Column("try_at", String(32)),  # not before then: after a failure later than due_at
    Column("claimed_until", String(32)),  # a process is making this mail
    Column("failures", Integer, nullable=False),  # in a row
    Column("refusals", Integer, nullable=False),  # of the address itself, in a row
    Column("failing_since", String(32)),
    Column("paused_at", String(32)),  # refused too often: nothing is sent any more
    Index("digest_address", "address_mac"),
    Index("digest_try", "try_at"),
)

# A version of a lesson that somebody was sent and that still stood then: what happens to it is told to them.
digest_told = Table(
    "digest_told",
    metadata,
    Column("digest", String(32), ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("audience", String(16), nullable=False),  # what the person could read when it was told
    Column("told_at", String(32), nullable=False),
    # ids of the events of which they know that these changed its evidence, with a comma between them
    Column("evidence", Text, nullable=False, server_default=""),
)
