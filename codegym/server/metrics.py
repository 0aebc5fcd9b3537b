"""A server's figures for Prometheus."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from codegym.sandbox.base import Execution
from codegym.verdict import Judgement

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The figures of one server, apart from those of others in this process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._answers = Counter(
            "codegym_http_answers", "Answers, by route and status.", ["route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "codegym_http_seconds", "Seconds from request to answer.", ["route"], buckets=_SECONDS, registry=registry
        )
        self._here = Gauge("codegym_http_requests", "Requests that are here.", registry=registry)
        self._runs = Counter("codegym_runs", "Runs of programs, by what came of them.", ["status"], registry=registry)
        self._verdicts = Counter("codegym_verdicts", "Judgements, by verdict.", ["verdict"], registry=registry)

    def watch(self, name: str, words: str, look: Callable[[], float]) -> None:
        """Show what a function says."""
        Gauge(name, words, registry=self._registry).set_function(look)

    @contextlib.contextmanager
    def request(self, scope: dict[str, Any]) -> Iterator[Callable[[int], None]]:
        """While a request is here; yields what is to be told the answer's status."""
        began = time.perf_counter()

        def seen(status: int) -> None:
            route = getattr(scope.get("route"), "path", "none")
            self._answers.labels(route, str(status)).inc()
            self._seconds.labels(route).observe(time.perf_counter() - began)

        with self._here.track_inprogress():
            yield seen

    def ran(self, runs: list[Execution]) -> list[Execution]:
        """Count some runs, and give them back."""
        for run in runs:
            self._runs.labels(run.status).inc()
        return runs

    def judged(self, judgement: Judgement) -> Judgement:
        """Count a judgement, and give it back."""
        self._verdicts.labels(str(judgement.verdict)).inc()
        return judgement

    def text(self) -> bytes:
        """All of it, in Prometheus's format."""
        return generate_latest(self._registry)
