"""The Docker engine: reaching it, and whose containers are whose."""

import contextlib
import os
import socket
from typing import TYPE_CHECKING

from codegym.errors import SandboxUnavailable
from codegym.sandbox.owners import is_gone, owner

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

LABEL = "codegym"
POOL_LABEL = "codegym.pool"
MOST_IDLE = 100
"""Connections to the engine that are kept for later; beyond them urllib3 closes each with a warning."""


def connect() -> "docker.DockerClient":
    """A client of the engine that the environment names.

    Raises:
        SandboxUnavailable: none answers.
    """
    import docker
    import docker.errors
    import requests.exceptions

    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    try:
        if host.startswith("unix://"):  # the SDK leaves a socket open where this fails
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(host.removeprefix("unix://"))
        return _with_few_connections(docker.from_env(timeout=60, max_pool_size=MOST_IDLE))
    except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise refusal(error) from None


def _with_few_connections(client: "docker.DockerClient") -> "docker.DockerClient":
    """Let requests share connections: the SDK keeps some open for each URL, and so for each container that ever was."""
    import docker.transport

    engine = client.api.base_url
    adapter = client.api.get_adapter(engine)
    if isinstance(adapter, docker.transport.UnixHTTPAdapter):
        connections = adapter.get_connection
        shared = lambda _, proxies=None: connections(engine, proxies)  # noqa: E731
        adapter.get_connection = shared  # type: ignore[method-assign]
    return client


def refusal(error: Exception) -> SandboxUnavailable:
    """What an engine's error, or its absence, means for a user."""
    reason = str(getattr(error, "explanation", None) or error).strip() or type(error).__name__
    for sign, words in (
        ("No such file", "no engine's socket was found"),
        ("Permission denied", "this user may not use the engine's socket"),
        ("Connection refused", "nothing listens at its address"),
    ):
        if sign in reason:
            reason = words
    return SandboxUnavailable(
        f"expected a Docker engine that runs containers, but {reason.splitlines()[0]}; "
        "install and start one, or use --sandbox bubblewrap"
    )


def sweep_orphans(client: "docker.DockerClient") -> int:
    """Remove the boxes of this machine's processes that are no more; how many there were."""
    import docker.errors

    swept = 0
    with contextlib.suppress(docker.errors.DockerException):
        for container in client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True):
            if is_gone(str(container.labels.get(LABEL, ""))):
                remove(container)
                swept += 1
    return swept


def remove_unstarted(client: "docker.DockerClient", pool: int) -> None:
    """Remove the containers of a pool that were lost, for their creation or removal was cut short."""
    import docker.errors

    with contextlib.suppress(docker.errors.DockerException, OSError):
        labels = [f"{LABEL}={owner()}", f"{POOL_LABEL}={pool}"]
        for container in client.containers.list(filters={"label": labels, "status": "created"}, ignore_removed=True):
            remove(container)


def remove(container: "Container") -> None:
    """Kill a container and wait until it is gone; it may be gone already, or going."""
    import docker.errors
    import requests.exceptions

    with contextlib.suppress(docker.errors.DockerException, requests.exceptions.RequestException):
        try:
            container.remove(force=True)
        except docker.errors.APIError as error:
            if error.status_code == 409:  # it is being removed, for its runner has ended
                container.wait(condition="removed", timeout=10)
