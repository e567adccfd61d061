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

__all__ = [
    "answer",
    "approval",
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
    "item",
    "lesson",
    "metadata",
    "officer",
    "outbox",
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
