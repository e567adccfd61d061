"""What Prometheus reads: counts of this process, and the state of the hub's store as it is at that moment.

Counts are per process: where several serve one hub, each is scraped by itself and Prometheus sums. A region's code is
no personal datum; nothing else names anybody.
"""
# mypy: disable-error-code="no-any-unimported"

import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from connectors.trouble import takes_no_writes
from hub.audit import BACKED_UP
from hub.config import Hub
from hub.digests.subscribe import counts
from hub.intake.ledger import chains
from hub.serving.leaks import unproven
from hub.serving.prove import backlog
from hub.tables import audit_log, dead_letter, reopened, subscription
from schemas.codes import Audience
from schemas.receipt import Answer

_SECONDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_KEPT_SECONDS: Final = 15.0  # so that impatient scrapes do not become load


class IntakeMetrics:
    """How many events were answered, and how long taking a batch in lasted."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics."""
        self._events = Counter(
            "regiohelix_hub_events_total", "Events answered.", ("outcome", "reason"), registry=registry
        )
        self._seconds = Histogram(
            "regiohelix_hub_intake_seconds", "Seconds to take one batch in.", buckets=_SECONDS, registry=registry
        )

    def count(self, answers: Sequence[Answer]) -> None:
        """Count answers by outcome and reason."""
        for answer in answers:
            self._events.labels(answer.outcome, answer.reason or "").inc()

    def took(self, seconds: float) -> None:
        """Note how long one batch took."""
        self._seconds.observe(seconds)


class RequestMetrics:
    """HTTP requests by route and status; a route is what the code calls it, never what was asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics."""
        names = ("route", "method", "status")
        self._requests = Counter("regiohelix_hub_http_requests_total", "Requests answered.", names, registry=registry)
        self._seconds = Histogram(
            "regiohelix_hub_http_seconds", "Seconds to answer.", ("route",), buckets=_SECONDS, registry=registry
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class StreamMetrics(Collector):
    """Readers of streams by audience, events given to them, and how streams ended."""

    def __init__(self, registry: CollectorRegistry, readers: Callable[[], Mapping[Audience, int]]) -> None:
        """Register the metrics; `readers` counts who is there now."""
        self._readers = readers
        self._told = Counter("regiohelix_hub_stream_events_total", "Events given to readers.", registry=registry)
        self._ended = Counter("regiohelix_hub_streams_ended_total", "Streams ended.", ("why",), registry=registry)
        registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand, since nobody is there yet."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return how many readers there are."""
        open_ = GaugeMetricFamily("regiohelix_hub_stream_readers", "Streams that are open.", labels=("audience",))
        for audience, number in self._readers().items():
            open_.add_metric((audience,), number)
        return [open_]

    def told(self, events: int) -> None:
        """Count events that were given to readers."""
        self._told.inc(events)

    def ended(self, why: str) -> None:
        """Count a stream that ended."""
        self._ended.labels(why).inc()


class ReceivingMetrics:
    """How a receiver behind a broker is doing, for a file that a health check and a node exporter read."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics."""
        self._broker = Gauge("regiohelix_hub_broker_up", "Whether the broker answers.", registry=registry)
        self._seen = Gauge("regiohelix_hub_receiving_seen_timestamp_seconds", "Last sign of life.", registry=registry)

    def seen(self, broker_is_up: bool) -> None:
        """Note one round."""
        self._broker.set(int(broker_is_up))
        self._seen.set(time.time())


class StoreMetrics(Collector):
    """Open dead letters, gaps and the age of each region's last event, asked of the database when scraped."""

    def __init__(self, hub: Hub) -> None:
        """Take whose store."""
        self._hub = hub
        self._lock = threading.Lock()
        self._kept: tuple[float, list[Metric]] | None = None

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand, so that registering asks nothing of the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return the metrics; only that the database is down where it is."""
        with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > _KEPT_SECONDS:
                self._kept = (time.monotonic(), self._asked())
            return self._kept[1]

    def _asked(self) -> list[Metric]:
        up = GaugeMetricFamily("regiohelix_hub_database_up", "Whether the database answers.")
        writes = GaugeMetricFamily("regiohelix_hub_database_writable", "Whether the database keeps what is new.")
        backup = GaugeMetricFamily("regiohelix_hub_last_backup_timestamp_seconds", "When the last backup was made.")
        letters = GaugeMetricFamily("regiohelix_hub_dead_letters", "Open dead letters.", labels=("reason",))
        gaps = GaugeMetricFamily("regiohelix_hub_gap_events", "Events missing below the last.", labels=("region",))
        age = GaugeMetricFamily("regiohelix_hub_last_event_age_seconds", "Since the last event.", labels=("region",))
        told = GaugeMetricFamily(
            "regiohelix_hub_reopened_figures", "Hidden figures that others' tell.", labels=("audience",)
        )
        waits = GaugeMetricFamily("regiohelix_hub_proofs_waiting", "Indicators and periods that wait to be proven.")
        hooks = GaugeMetricFamily("regiohelix_hub_subscriptions", "Subscriptions by webhook.", labels=("state",))
        withheld = GaugeMetricFamily(
            "regiohelix_hub_unproven", "Indicators, periods and audiences without a proof.", labels=("reason",)
        )
        mails = GaugeMetricFamily("regiohelix_hub_digests", "Digests by e-mail.", labels=("state",))
        try:
            with self._hub.engine.connect() as connection:
                asked_for = counts(connection)
                narrowed = connection.execute(
                    select(reopened.c.audience, func.sum(reopened.c.figures)).group_by(reopened.c.audience)
                ).all()
                found = connection.execute(
                    select(dead_letter.c.reason, func.count())
                    .where(dead_letter.c.state == "open")
                    .group_by(dead_letter.c.reason)
                ).all()
                standing = chains(connection)
                waiting = len(backlog(connection))
                followed = connection.execute(
                    select(subscription.c.state, func.count()).group_by(subscription.c.state)
                ).all()
                without = Tally(one.why for one in unproven(connection))
                backed_up = connection.scalar(select(func.max(audit_log.c.at)).where(audit_log.c.action == BACKED_UP))
            kept = takes_no_writes(self._hub.engine)
        except SQLAlchemyError:
            up.add_metric((), 0)
            return [up]
        up.add_metric((), 1)
        writes.add_metric((), int(kept is None))
        for reason, number in found:
            letters.add_metric((reason,), number)
        for audience, number in narrowed:
            told.add_metric((audience,), int(number))
        for one in standing:
            gaps.add_metric((one.code,), sum(last - first + 1 for first, last in one.gaps))
            if one.last_accepted_at is not None:
                age.add_metric((one.code,), seconds_since(one.last_accepted_at, self._hub.clock()))
        for state, number in asked_for.items():
            mails.add_metric((state,), number)
        waits.add_metric((), waiting)
        for state, number in followed:
            hooks.add_metric((state,), number)
        for reason in ("not_proven", "beyond_budget"):
            withheld.add_metric((reason,), without[reason])
        if backed_up is not None:
            backup.add_metric((), datetime.fromisoformat(backed_up).timestamp())
        return [up, writes, backup, letters, gaps, age, told, waits, withheld, hooks, mails]


def seconds_since(stored: str, now: datetime) -> float:
    """Return the seconds from a stored UTC time until now, never less than none."""
    return max(0.0, (now - datetime.fromisoformat(stored).astimezone(UTC)).total_seconds())
