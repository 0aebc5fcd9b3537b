"""Which sandboxes there are, which of them work here, and how one is made."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codegym.errors import SandboxError, SandboxUnavailable, UsageError
from codegym.problem import Limits
from codegym.sandbox.base import Sandbox
from codegym.sandbox.scripted import ScriptedSandbox

_log = logging.getLogger("codegym")

REAL_KINDS = ("docker", "bubblewrap", "landlock")
"""In the order in which ``auto`` tries them."""
FAR_KINDS = ("ray", "http")
"""Those whose boxes are on other machines."""
KINDS = ("auto", *REAL_KINDS, *FAR_KINDS, "scripted")


def make_sandbox(kind: str = "auto", *, workers: int | None = None, **options: Any) -> Sandbox:
    """A new sandbox. Use it in ``with``, or close it.

    Args:
        kind: ``docker``, ``bubblewrap``, ``landlock``, ``ray`` (on the nodes of a Ray cluster), ``http`` (behind
            ``codegym serve``), ``scripted`` (for tests), or ``auto``: Docker if an engine answers and can start a
            box, else bubblewrap, else, with a warning, landlock.
        workers: boxes at work at once, at most, on each machine; by default one a core.
        options: of the backend.

    Raises:
        UsageError: there is no such kind or option.
        SandboxUnavailable: it does not work here; the message says why, and what to install.
    """
    if kind not in KINDS:
        raise UsageError(f"expected a sandbox of kind {', '.join(KINDS)}, got {kind!r}")
    if kind == "auto":
        return _first_that_works(workers)
    try:
        return _backend(kind)(**options) if kind == "scripted" else _backend(kind)(workers, **options)
    except TypeError as error:
        raise UsageError(f"expected options that the {kind} sandbox has, got {error}") from None


def _backend(kind: str) -> Callable[..., Sandbox]:
    if kind == "docker":
        from codegym.sandbox.docker import DockerSandbox

        return DockerSandbox
    if kind == "bubblewrap":
        from codegym.sandbox.bubblewrap import BubblewrapSandbox

        return BubblewrapSandbox
    if kind == "landlock":
        from codegym.sandbox.landlock import LandlockSandbox

        return LandlockSandbox
    if kind == "ray":
        from codegym.sandbox.ray import RaySandbox

        return RaySandbox
    if kind == "http":
        from codegym.sandbox.http import HttpSandbox

        return HttpSandbox
    return ScriptedSandbox


def _first_that_works(workers: int | None) -> Sandbox:
    reasons = []
    for kind in REAL_KINDS:
        try:
            sandbox = make_sandbox(kind, workers=workers)
        except SandboxUnavailable as error:
            reasons.append(f"{kind}: {error}")
            continue
        try:
            try_out(sandbox)
            if missing := sandbox.protections().get("missing"):
                _log.warning("neither Docker nor bubblewrap works here, so programs are held by %s: %s", kind, missing)
            return sandbox
        except SandboxError as error:
            reasons.append(f"{kind}: {error}")
            if kind != REAL_KINDS[-1]:
                _log.warning("%s is there but does not work, so what comes after it is tried: %s", kind, error)
    raise SandboxUnavailable(
        "expected Docker, bubblewrap or landlock to work on this machine, got none of them ("
        + "; ".join(reasons)
        + "); codegym doctor says more"
    )


def try_out(sandbox: Sandbox) -> None:
    """Run one trivial program.

    Raises:
        SandboxError: it did not run as it should; the sandbox is closed then.
    """
    try:
        (run,) = sandbox.execute("print(input())", [b"ready\n"], Limits())
        if (run.status, run.stdout) != ("ok", b"ready\n"):
            raise SandboxUnavailable(f"expected a trivial program to run, got {run.status}: {run.stderr[-200:]!r}")
    except BaseException:
        sandbox.close()
        raise


@dataclass(slots=True)
class _Shared:
    lock: threading.Lock = field(default_factory=threading.Lock)
    sandboxes: dict[str, tuple[Sandbox, int]] = field(default_factory=dict)


_shared = _Shared()


class SharedSandbox:
    """One lease of a sandbox that all environments of this process share by its kind; the last to close ends it.

    Args:
        kind: as for :func:`make_sandbox`.
    """

    def __init__(self, kind: str) -> None:
        with _shared.lock:
            sandbox, leases = _shared.sandboxes.get(kind) or (make_sandbox(kind), 0)
            _shared.sandboxes[kind] = sandbox, leases + 1
        self.sandbox = sandbox
        self._kind = kind
        self._open = True

    def close(self) -> None:
        """Give the lease back; may be called twice."""
        with _shared.lock:
            if not self._open:
                return
            self._open = False
            sandbox, leases = _shared.sandboxes[self._kind]
            if leases > 1:
                _shared.sandboxes[self._kind] = sandbox, leases - 1
                return
            del _shared.sandboxes[self._kind]
        sandbox.close()


def survey() -> dict[str, tuple[Mapping[str, str] | None, str]]:
    """For each real backend: the protections in force and the languages, or None and why it does not work here."""
    found: dict[str, tuple[Mapping[str, str] | None, str]] = {}
    for kind in REAL_KINDS:
        try:
            sandbox = make_sandbox(kind, workers=1)
            try_out(sandbox)
            found[kind] = {**sandbox.protections(), "languages": ", ".join(sandbox.languages())}, ""
            sandbox.close()
        except SandboxError as error:
            found[kind] = None, str(error)
    return found
