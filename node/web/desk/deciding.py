"""What people do with a bundle: answer findings, approve, reject, advise, hold, lift and publish."""

from collections.abc import Callable

from connectors.database import writing
from node.release import candidate, officer, review
from node.release.answer import answer as answer_findings
from node.release.signed_decisions import DecisionStep
from node.work import publishing

from .signing import decided, own_signature
from .visit import Answer, Visit, gone_to


def answer(visit: Visit, bundle_id: str) -> Answer:
    """Keep why findings may stand; who answers does not review."""
    with writing(visit.desk.engine) as connection:
        bundle = candidate.load(connection, bundle_id)
        entry = visit.entry("finding.answered", bundle_id)
        answer_findings(connection, bundle_id, bundle.state, visit.all("code"), visit.one("reason"), entry)
    return gone_to(f"/bundles/{bundle_id}", "answered")


def approve(visit: Visit, bundle_id: str) -> Answer:
    """Take in a reviewer's signature of the frozen copy."""
    with writing(visit.desk.engine) as connection:
        key = own_signature(visit, connection)
        review.approve(connection, bundle_id, visit.desk.settings.region, key, visit.desk.clock())
    return gone_to(f"/bundles/{bundle_id}", "approved")


def reject(visit: Visit, bundle_id: str) -> Answer:
    """Send a bundle back, signed by a reviewer."""
    with writing(visit.desk.engine) as connection:
        bundle = candidate.load(connection, bundle_id)
        now = visit.desk.clock()
        key, reason = decided(visit, connection, bundle, "reject", now)
        review.reject(connection, bundle_id, key, reason, now)
    return gone_to(f"/bundles/{bundle_id}", "rejected")


def hold(visit: Visit, bundle_id: str) -> Answer:
    """Put a bundle on hold, signed by the data protection officer."""
    return _as_officer(visit, bundle_id, "hold", officer.hold, "held")


def lift(visit: Visit, bundle_id: str) -> Answer:
    """Lift a hold, signed by the data protection officer."""
    return _as_officer(visit, bundle_id, "lift", officer.lift, "hold_lifted")


def advise(visit: Visit, bundle_id: str) -> Answer:
    """Keep the data protection officer's signed advice; it moves nothing."""
    return _as_officer(visit, bundle_id, "advise", officer.advise, "advised")


def _as_officer(visit: Visit, bundle_id: str, what: DecisionStep, act: Callable[..., object], done: str) -> Answer:
    with writing(visit.desk.engine) as connection:
        bundle = candidate.load(connection, bundle_id)
        entry = visit.entry(f"bundle.{done}", bundle_id)
        key, reason = decided(visit, connection, bundle, what, entry.at)
        act(connection, bundle_id, key.public, reason, entry)
    return gone_to(f"/bundles/{bundle_id}", "lifted" if what == "lift" else done)


def publish(visit: Visit, bundle_id: str) -> Answer:
    """Sign an approved bundle onto the region's chain."""
    desk = visit.desk
    done = publishing.publish(
        desk.engine, desk.settings, bundle_id, desk.service_key(), desk.neighbourhood(), visit.who.name, desk.clock
    )
    return gone_to(f"/bundles/{bundle_id}", "published" if done.is_scrubbed else "published_unscrubbed")
