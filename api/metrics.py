"""What an observer of the service may count: requests, how long they took, jobs by state (Prometheus)."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api import jobs
from api.store import Store

MEDIA = "text/plain; version=0.0.4; charset=utf-8"


class JobsByState(Collector):
    """Counts the jobs of the store when it is asked."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count."""
        family = GaugeMetricFamily("beiqin_jobs", "Jobs in the store by state", labels=["state"])
        for state, number in jobs.states(self.store).items():
            family.add_metric([state], number)
        yield family


class Meter:
    """The counters of one app."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "beiqin_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "beiqin_request_seconds", "Time to answer", ["route"], registry=self.registry
        )
        self.registry.register(JobsByState(store))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
        self.requests.labels(known, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Give all counters in Prometheus' form."""
        return generate_latest(self.registry)
