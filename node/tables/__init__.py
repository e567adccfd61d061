"""The node's own store: bundles, the signed chain, the outbox, lessons, plans, the audit log; never a person's row."""

from .chain import answer, event, head_seen, outbox, service_key, standing_seen
from .desk import approval, bundle, bundle_finding, hold, item, officer, remembered, reviewer, vintage
from .naming import metadata
from .own import (
    audit_log,
    citation,
    definition,
    definition_approval,
    definition_list,
    finding,
    intervention,
    lesson,
    plan,
    reply,
    restored,
    run,
)
from .rounds import assessment_round, invitation, lens_word, panel_answer

__all__ = [
    "answer",
    "approval",
    "assessment_round",
    "audit_log",
    "bundle",
    "bundle_finding",
    "citation",
    "definition",
    "definition_approval",
    "definition_list",
    "event",
    "finding",
    "head_seen",
    "hold",
    "intervention",
    "invitation",
    "item",
    "lens_word",
    "lesson",
    "metadata",
    "officer",
    "outbox",
    "panel_answer",
    "plan",
    "remembered",
    "reply",
    "restored",
    "reviewer",
    "run",
    "service_key",
    "standing_seen",
    "vintage",
]
