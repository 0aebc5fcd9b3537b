"""The one module that knows where the files beside the code lie, in a checkout and in a wheel."""

import os
import platform
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _data(name: str) -> Path:
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def problems_folder() -> Path:
    """The built-in problems, one YAML file each."""
    return _data("problems")


def sandbox_folder() -> Path:
    """The box's own half: runner, Dockerfile, filter of system calls."""
    return _data("sandbox")


def seccomp_policy() -> str:
    """The filter of system calls, as the Docker engine takes it (JSON)."""
    return (sandbox_folder() / "seccomp.json").read_text()


def seccomp_filter() -> bytes | None:
    """The same compiled for this machine's processor (an array of ``struct sock_filter``); None if there is none."""
    path = sandbox_folder() / "filters" / f"{platform.machine()}.bpf"
    return path.read_bytes() if path.is_file() else None


def box_files() -> dict[str, bytes]:
    """The files that lie in ``/opt/codegym`` of every box, by name."""
    files = {path.name: path.read_bytes() for path in sorted(sandbox_folder().glob("*.py"))}
    return files | {"values.py": (_PACKAGE / "values.py").read_bytes()}


def launcher_source() -> bytes:
    """The source of what starts compiled programs in a box, which is compiled in a box itself."""
    return (sandbox_folder() / "launch.cpp").read_bytes()


def filter_files() -> dict[str, bytes]:
    """Compiled filters by name, for a runner that installs its own."""
    return {path.name: path.read_bytes() for path in sorted((sandbox_folder() / "filters").glob("*.bpf"))}


def cache_folder() -> Path:
    """Where things that can be made again are kept (``CODEGYM_CACHE``, else the user's cache folder)."""
    chosen = os.environ.get("CODEGYM_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codegym"
