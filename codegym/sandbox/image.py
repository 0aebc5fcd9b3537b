"""The Docker image of a box: built on first use, named by a hash of everything that goes into it."""

import hashlib
import io
import logging
import os
import tarfile
from typing import TYPE_CHECKING

from codegym.errors import SandboxUnavailable, UsageError
from codegym.locations import box_files, sandbox_folder

if TYPE_CHECKING:
    import docker

_log = logging.getLogger("codegym")

DEFAULT_BASE = "python:3.11-slim-bookworm"


def default_base() -> str:
    """The base image: ``CODEGYM_BASE_IMAGE``, else the official slim Python image."""
    return os.environ.get("CODEGYM_BASE_IMAGE") or DEFAULT_BASE


def image_tag(base: str | None = None) -> str:
    """The name of the image on ``base``: its tag changes with every file in it and with the base's name."""
    digest = hashlib.sha256((base or default_base()).encode())
    for name, data in sorted(_context().items()):
        digest.update(name.encode() + b"\0" + data)
    return f"codegym-box:{digest.hexdigest()[:16]}"


def ensure_image(client: "docker.DockerClient", base: str | None = None) -> str:
    """The tag of the image, which is built, with a message, where it is not there.

    Raises:
        SandboxUnavailable: it is not there and cannot be built.
    """
    import docker.errors

    tag = image_tag(base)
    try:
        client.images.get(tag)
        return tag
    except docker.errors.ImageNotFound:
        _log.warning("building the sandbox image %s on %s ...", tag, base or default_base())
        return build_image(client, base)


def build_image(client: "docker.DockerClient", base: str | None = None) -> str:
    """Build the image on ``base`` and give its tag.

    Raises:
        UsageError: the base's name is no image's name.
        SandboxUnavailable: the engine could not build it.
    """
    import docker.errors

    base = base or default_base()
    if any(character.isspace() for character in base):
        raise UsageError(f"expected the name of an image, got {base!r}")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, data in _context().items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(data))
    archive.seek(0)
    tag = image_tag(base)
    try:
        client.images.build(
            fileobj=archive, custom_context=True, tag=tag, rm=True, forcerm=True, buildargs={"BASE": base}
        )
    except (docker.errors.BuildError, docker.errors.APIError) as error:
        reason = str(getattr(error, "msg", "") or getattr(error, "explanation", "") or error).strip()
        raise SandboxUnavailable(
            f"expected to build the box's image on {base!r}, got: {reason.splitlines()[0] if reason else 'no reason'}; "
            "give a base image with python3 that is at hand: codegym sandbox build --base IMAGE, "
            "and CODEGYM_BASE_IMAGE=IMAGE for later"
        ) from None
    return tag


def _context() -> dict[str, bytes]:
    return {"Dockerfile": (sandbox_folder() / "Dockerfile").read_bytes(), **box_files()}
