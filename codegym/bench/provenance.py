"""Where a run's numbers come from: package, problems, agent, sandbox, machine."""

import hashlib
import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from codegym.bench.options import Connection
from codegym.bench.settings import Settings
from codegym.datasets import ProblemSet
from codegym.locations import box_files
from codegym.version import __version__

FORMAT = 1
_LIBRARIES = ("gymnasium", "numpy", "datasets", "openai", "torch", "transformers")


class Protected(Protocol):
    """Where programs run."""

    @property
    def kind(self) -> str:
        """Of the sandbox."""

    def protections(self) -> Mapping[str, str]:
        """What protects from programs, and how."""


def describe_run(
    settings: Settings,
    problems: ProblemSet,
    sandbox: Protected,
    *,
    connection: Connection | None = None,
    concurrency: int = 1,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What ``run.json`` says.

    Of these ``format``, ``settings`` and ``problems`` must be the same when a run is gone on with.

    Args:
        settings: of the run.
        problems: that are played.
        sandbox: where programs run.
        connection: how the agent is reached.
        concurrency: episodes at once.
        more: what else is to be said.
    """
    return {
        "format": FORMAT,
        "codegym": __version__,
        "package": package_hash(),
        "settings": settings.as_dict(),
        "problems": {"name": problems.name, "count": len(problems), "hash": problems.content_hash},
        "agent": {
            **_agent_files(settings.agent),
            **_reached(settings.agent, connection or Connection()),
            "concurrency": concurrency,
        },
        "sandbox": {"kind": sandbox.kind, "protections": dict(sandbox.protections())},
        "machine": machine(),
        "libraries": {name: version(name) for name in _LIBRARIES if name in sys.modules},
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        **(more or {}),
    }


@cache
def package_hash() -> str:
    """Sixteen hexadecimal digits that change with any of the package's code, and with the box's."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent.parent
    files = {str(path.relative_to(package)): path.read_bytes() for path in package.rglob("*.py")}
    for name, data in sorted((files | box_files()).items()):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:16]


def machine() -> dict[str, Any]:
    """This machine."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _agent_files(agent: str) -> dict[str, str]:
    """A hash of the file that an agent is, where it is one."""
    kind, _, rest = agent.partition(":")
    module = sys.modules.get(rest.partition(":")[0]) if kind == "python" else None
    file = rest if kind == "replay" else getattr(module, "__file__", None)
    try:
        return {"hash": hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]} if file else {}
    except OSError:
        return {}


def _reached(agent: str, connection: Connection) -> dict[str, Any]:
    """Where and how the agent is reached, without a name or password in it."""
    url = connection.base_url or (os.environ.get("OPENAI_BASE_URL") if agent.startswith("openai:") else None)
    if url:
        parts = urlsplit(url)
        url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return {**asdict(connection), "base_url": url}
