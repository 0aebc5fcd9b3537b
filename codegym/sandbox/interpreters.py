"""This machine's Python for boxes that have no image: which one, what of it a program may see, and its surroundings."""

import os
import stat
import sys
import tempfile
from abc import abstractmethod
from pathlib import Path
from typing import IO

from codegym.errors import BoxFailure, SandboxUnavailable
from codegym.sandbox.pool import BoxPool
from codegym.sandbox.rlimits import check_rlimits
from codegym.sandbox.slots import Box

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/box",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONINTMAXSTRDIGITS": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""Pinned, so that the same program gets the same verdict on every machine."""

NOBODY = 65534
"""Whom the box belongs to where codegym runs as root: root of a machine is never root's own program's user."""


START_S = 20.0


class LocalPool(BoxPool):
    """A pool whose boxes run a Python of this machine: this process's own if the boxes' user may, else the system's."""

    def __init__(self, workers: int | None = None) -> None:
        self._pythons = find_pythons()
        super().__init__(workers)

    @abstractmethod
    def launch(self, log: IO[bytes], python: str, prefix: str) -> Box:
        """Start a box whose runner is run by ``python``, and complains to ``log``."""

    def start_box(self) -> Box:
        """See :class:`BoxPool`. A Python that never started in a box gives way to the next one."""
        check_rlimits()
        while True:
            try:
                return self._start_with(*self._pythons[0])
            except SandboxUnavailable:
                if self._proven or len(self._pythons) == 1:
                    raise
                self._pythons = self._pythons[1:]

    def _start_with(self, python: str, prefix: str) -> Box:
        with tempfile.TemporaryFile() as log:
            box = self.launch(log, python, prefix)
            try:
                box.channel.hello(START_S)
            except BaseException as error:
                box.close()
                if not isinstance(error, BoxFailure):
                    raise
                log.seek(0)
                said = log.read(2000).decode(errors="replace").strip().rpartition("\n")[2] or str(error)
                raise SandboxUnavailable(f"expected a box of {self.kind} to start, got: {said}") from None
        return box


def find_pythons() -> list[tuple[str, str]]:
    """Interpreters that the box's user may read, and the folder that each needs: this one, and the system's."""
    ours = (os.path.realpath(getattr(sys, "_base_executable", sys.executable)), sys.base_prefix)
    found = []
    for python, prefix in (ours, ("/usr/bin/python3", "/usr")):
        hidden = Path(prefix).is_relative_to("/tmp")  # where boxes have their scratch space
        if os.path.exists(python) and not hidden and (os.getuid() != 0 or readable_by_others(python)):
            found.append((python, "/usr" if Path(prefix).is_relative_to("/usr") else prefix))
    if not found:
        raise SandboxUnavailable(
            f"expected a Python that an unprivileged user may read, got only {ours[0]}; "
            "apt install python3, or run as an ordinary user"
        )
    return found


def readable_by_others(path: str) -> bool:
    """Whether anybody may reach and run a file."""
    places = [Path(path), *Path(path).parents]
    return all(os.stat(place).st_mode & stat.S_IXOTH for place in places)


def package_folders(prefix: str) -> list[str]:
    """Folders of third-party packages: codegym with its problems may be among them."""
    bases = dict.fromkeys(("/usr/lib", "/usr/local/lib", f"{prefix}/lib"))
    names = ("site-packages", "dist-packages")
    return [str(folder) for base in bases for name in names for folder in sorted(Path(base).glob(f"python3*/{name}"))]


def readable_places(prefix: str) -> tuple[list[str], list[str]]:
    """What a program may read without a file system of its own, and the folders that it may list besides.

    Folders of third-party packages are left out, so what holds one is opened entry by entry.
    """
    hidden = [os.path.realpath(folder) for folder in package_folders(prefix)]
    roots = dict.fromkeys(
        map(os.path.realpath, ("/usr", "/bin", "/sbin", "/lib", "/lib64", f"{prefix}/lib", f"{prefix}/bin"))
    )
    single = ["/etc/ld.so.cache", "/etc/alternatives"]
    return [*single, *(place for root in roots for place in _without(root, hidden))], list(roots)


def _without(place: str, hidden: list[str]) -> list[str]:
    if place in hidden or not os.path.exists(place):
        return []
    if not any(Path(folder).is_relative_to(place) for folder in hidden):
        return [place]
    with os.scandir(place) as entries:
        return [found for entry in entries if not entry.is_symlink() for found in _without(entry.path, hidden)]
