"""Rounds of an assessment: what a panel was asked and answered. Nothing here says who gave which answer, or when."""

from sqlalchemy import Boolean, Column, String, Table, Text, UniqueConstraint

from .naming import metadata

assessment_round = Table(
    "assessment_round",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("instrument", String(40), nullable=False),
    Column("questionnaire", Text, nullable=False),  # JSON of schemas.questionnaires.Questionnaire, as it was asked
    Column("period", String(16), nullable=False),
    Column("panel", Text, nullable=False),  # JSON: seats by helix
    Column("opened_by", Text, nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("closed_at", String(32)),  # none: answers still come in
    UniqueConstraint("instrument", "period"),  # two rounds of one period would tell of who joined in between
)

# A link that was handed out; it is kept as a hash, without who got it, when it was used, or for which answer.
invitation = Table(
    "invitation",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the token
    Column("round", String(64), nullable=False, index=True),
    Column("helix", String(16), nullable=False),
    Column("used", Boolean, nullable=False),
)

# Kept in the order of its random id and not in that of arrival, where the database can.
panel_answer = Table(
    "panel_answer",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("round", String(64), nullable=False, index=True),
    Column("helix", String(16), nullable=False),
    Column("answers", Text, nullable=False),  # JSON: per item of the questionnaire 1 to 4, or null
    sqlite_with_rowid=False,
)

# What focus groups found and experts judged, by lens.
lens_word = Table(
    "lens_word",
    metadata,
    Column("round", String(64), primary_key=True),
    Column("lens", String(40), primary_key=True),
    Column("kind", String(16), primary_key=True),  # finding, verdict
    Column("language", String(2), primary_key=True),
    Column("satisfactory", Boolean),  # of a verdict
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", String(32), nullable=False),
)
