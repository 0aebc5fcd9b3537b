"""The Docker image of a box: built on first use, named by a hash of everything that goes into it."""

import hashlib
import io
import logging
import os
import tarfile
from typing import TYPE_CHECKING

from codegym.errors import SandboxUnavailable, UsageError
from codegym.locations import box_files, filter_files, sandbox_folder

if TYPE_CHECKING:
    import docker

_log = logging.getLogger("codegym")

DEFAULT_BASE = "python:3.11-slim-bookworm"
BASE_LABEL = "codegym.base"


def default_base() -> str:
    """The base image: ``CODEGYM_BASE_IMAGE``, else the official slim Python image."""
    return os.environ.get("CODEGYM_BASE_IMAGE") or DEFAULT_BASE


def image_tag() -> str:
    """The name of the image: its tag changes with every file that goes into it."""
    digest = hashlib.sha256()
    for name, data in sorted(_context().items()):
        digest.update(name.encode() + b"\0" + data)
    return f"codegym-box:{digest.hexdigest()[:16]}"


def ensure_image(client: "docker.DockerClient", base: str | None = None) -> str:
    """The tag of the image, which is built, with a message, where it is not there.

    An image that was built ahead on another base is taken as it is, unless ``base`` or ``CODEGYM_BASE_IMAGE`` asks
    for a certain one.

    Raises:
        SandboxUnavailable: it is not there and cannot be built.
    """
    import docker.errors

    tag = image_tag()
    wanted = base or os.environ.get("CODEGYM_BASE_IMAGE")
    try:
        if wanted in (None, "", client.images.get(tag).labels.get(BASE_LABEL)):
            return tag
    except docker.errors.ImageNotFound:
        pass
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
    tag = image_tag()
    reason = ""
    try:
        lines = client.api.build(
            fileobj=archive,
            custom_context=True,
            tag=tag,
            rm=True,
            forcerm=True,
            network_mode="none",
            buildargs={"BASE": base},
            labels={BASE_LABEL: base},
            decode=True,
        )
        for line in lines:  # to the end, or the connection stays open
            reason = line.get("error", reason)
    except docker.errors.APIError as error:
        reason = str(error.explanation or error)
    if reason:
        raise SandboxUnavailable(
            f"expected to build the box's image on {base!r}, got: {reason.strip().splitlines()[0]}; "
            "give a base image with python3 that is at hand: codegym sandbox build --base IMAGE"
        )
    return tag


def _context() -> dict[str, bytes]:
    return {"Dockerfile": (sandbox_folder() / "Dockerfile").read_bytes(), **box_files(), **filter_files()}
