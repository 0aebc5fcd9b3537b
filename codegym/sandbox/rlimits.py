"""What this process may hand on: boxes without an engine inherit its resource limits, and cannot raise them."""

import resource

from codegym.errors import SandboxUnavailable

STACK_BYTES = 8 << 20
_LEAST = {
    "RLIMIT_AS": (resource.RLIM_INFINITY, "-v unlimited"),
    "RLIMIT_CPU": (resource.RLIM_INFINITY, "-t unlimited"),
    "RLIMIT_DATA": (resource.RLIM_INFINITY, "-d unlimited"),
    "RLIMIT_FSIZE": (resource.RLIM_INFINITY, "-f unlimited"),
    "RLIMIT_NOFILE": (256, "-n 256"),
    "RLIMIT_NPROC": (64, "-u 64"),
    "RLIMIT_STACK": (STACK_BYTES, "-s 8192"),
}
"""The least that boxes need, and how a shell grants it."""


def check_rlimits() -> None:
    """See to it that a program in a box can have the limits that its problem gives, and no tighter ones.

    Raises:
        SandboxUnavailable: a hard limit of this process is lower.
    """
    for name, (least, remedy) in _LEAST.items():
        hard = resource.getrlimit(getattr(resource, name))[1]
        if hard != resource.RLIM_INFINITY and (least == resource.RLIM_INFINITY or hard < least):
            needed = "none" if least == resource.RLIM_INFINITY else f"at least {least}"
            raise SandboxUnavailable(
                f"expected a hard limit {name} of {needed}, got {hard}, which programs in a box would inherit; "
                f"start codegym under ulimit {remedy}, or use Docker"
            )
