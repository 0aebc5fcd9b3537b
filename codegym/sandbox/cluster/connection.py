"""Being connected to Ray: to a cluster, to what this process is connected to already, or to a Ray of our own."""

import logging
import os
import threading
from dataclasses import dataclass, field
from typing import Any

from codegym.errors import SandboxUnavailable, UsageError

OBJECT_STORE_BYTES = 100 << 20
"""Of a Ray of our own; requests and results are small."""


@dataclass(slots=True)
class _Started:
    """The Ray that was started here, and by how many it is used."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    leases: int = 0


_started = _Started()


class Connection:
    """A lease of this process's connection to Ray. The last to close a Ray that was started here shuts it down.

    Args:
        address: of a cluster, as for ``ray.init``; None for what the process is connected to, or what the environment
            variable ``RAY_ADDRESS`` names, or else for a Ray of our own on this machine. Its ports are as open as Ray
            leaves them: on a network that you do not trust, set ``RAY_AUTH_MODE=token`` before Python starts.
        cores: of a Ray of our own; None for all.

    Raises:
        SandboxUnavailable: Ray is not installed, or the cluster does not answer.
        UsageError: the process is connected to another cluster.
    """

    def __init__(self, address: str | None = None, cores: int | None = None) -> None:
        self._ray = import_ray()
        self._lock = threading.Lock()
        self._ours = False
        address = address or os.environ.get("RAY_ADDRESS") or None
        with _started.lock:
            if self._ray.is_initialized():
                self._ours = _started.leases > 0
                self._check(address)
            else:
                self._ours = address in (None, "local")
                self._init("local" if self._ours else address, cores)
            _started.leases += self._ours

    def _check(self, address: str | None) -> None:
        there = self._ray.get_runtime_context().gcs_address
        if address not in (None, "auto", "local", there):
            raise UsageError(
                f"expected a Ray cluster at {address}, but this process is connected to the one at {there}; "
                "give no address, or call ray.shutdown() before"
            )

    def _init(self, address: str | None, cores: int | None) -> None:
        options: dict[str, Any] = {}
        if self._ours:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody asked for reports to anywhere
            os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
            options = {
                "num_cpus": cores,
                "include_dashboard": False,
                "object_store_memory": OBJECT_STORE_BYTES,
                "_node_ip_address": "127.0.0.2",  # of 127.0.0.1 Ray makes the address that others know
            }
        try:
            self._ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **options)
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            where = "to start on this machine" if self._ours else f"to answer at {address}"
            raise SandboxUnavailable(f"expected Ray {where}, got: {str(error).strip().splitlines()[0]}") from None

    def close(self) -> None:
        """Give the lease back; may be called twice."""
        with self._lock:
            ours, self._ours = self._ours, False
        if not ours:
            return
        with _started.lock:
            _started.leases -= 1
            if not _started.leases:
                self._ray.shutdown()


def import_ray() -> Any:
    """The library.

    Raises:
        SandboxUnavailable: it is not installed.
    """
    try:
        import ray
    except ImportError:
        raise SandboxUnavailable("expected the package ray, got none; pip install 'codegym[ray]'") from None
    return ray
