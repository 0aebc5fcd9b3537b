"""Boxes that are hardened Docker containers, one warm runner each."""

import contextlib
import functools
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from codegym.errors import BoxFailure, UsageError
from codegym.locations import seccomp_policy
from codegym.problem import Limits
from codegym.sandbox.channel import Channel
from codegym.sandbox.engine import LABEL, POOL_LABEL, connect, refusal, remove, remove_unstarted, sweep_orphans
from codegym.sandbox.image import ensure_image
from codegym.sandbox.owners import discard, owned_folder, owner
from codegym.sandbox.pool import BoxPool
from codegym.sandbox.slots import Box

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

BOX_USER = 10001
PROCESSES = 64
SCRATCH_BYTES = 24 << 20
OWN_MEMORY_BYTES = 96 << 20
"""Beyond a program's limit: for the runner, the streams' buffers, and all that the three scratch folders can hold."""
START_S = 30.0
CONNECT_S = 10.0
SOCKET_FOLDER = "/run/codegym"


class DockerSandbox(BoxPool):
    """A pool of containers, made from an image that is built on first use.

    Args:
        workers: containers at most; by default one a core.
        base: the base image (see :func:`codegym.sandbox.image.default_base`).
        runtime: an OCI runtime other than the engine's default, such as ``runsc``.
        transport: ``socket`` (a UNIX socket in a mounted folder; a local engine only), ``attach`` (through the
            engine's own stream; any engine), or ``auto``.

    Raises:
        SandboxUnavailable: no engine answers, or it refuses.
    """

    kind = "docker"

    def __init__(
        self,
        workers: int | None = None,
        *,
        base: str | None = None,
        runtime: str | None = None,
        transport: str = "auto",
    ) -> None:
        if transport not in ("auto", "socket", "attach"):
            raise UsageError(f"expected transport 'auto', 'socket' or 'attach', got {transport!r}")
        self._base = base
        self._runtime = runtime
        self._client: docker.DockerClient | None = connect()
        local = sys.platform == "linux" and str(self._client.api.base_url).startswith("http+docker://")
        self._socket = transport == "socket" or (transport == "auto" and local)
        self._may_attach = transport != "socket"
        self._image = ""
        self._once = threading.Lock()
        super().__init__(workers)

    def start_box(self) -> "DockerBox":
        """See :class:`BoxPool`."""
        import docker.errors
        import requests.exceptions

        with self._once:
            if self._client is None:
                self._client = connect()
            if not self._image:
                sweep_orphans(self._client)
                self._image = ensure_image(self._client, self._base)
        try:
            if self._socket:
                try:
                    return self._start_with_socket()
                except BoxFailure:
                    if not self._may_attach or self._proven:
                        raise
                    self._socket = False  # the engine may live on another machine, for all that its address says
            return self._start_attached()
        except docker.errors.ImageNotFound as error:
            self._image = ""
            raise BoxFailure(f"the image has gone ({error.explanation})") from None
        except docker.errors.DockerException as error:
            raise refusal(error) from None
        except requests.exceptions.RequestException as error:
            raise BoxFailure(f"the Docker engine did not answer ({error})") from None

    def protections(self) -> Mapping[str, str]:
        """See :class:`BoxPool`."""
        return {
            "files": f"an image of its own, read-only; {SCRATCH_BYTES >> 20} MB of scratch, wiped after each run",
            "network": "none (a network namespace with a loopback only)",
            "processes": f"PID namespace of its own; at most {PROCESSES} (cgroup)",
            "memory": f"cgroup: the limit and {OWN_MEMORY_BYTES >> 20} MB for the box itself; no swap",
            "user": "unprivileged, no capabilities, no new privileges",
            "system calls": "an allowlist of codegym's own (seccomp)",
        }

    def close(self) -> None:
        """See :class:`BoxPool`."""
        super().close()
        if self._client is not None:
            remove_unstarted(self._client, id(self))
            self._client.close()

    def forget(self) -> None:
        """See :class:`BoxPool`; a connection to the engine is not shared with the parent either."""
        super().forget()
        self._once = threading.Lock()
        self._client = None

    def _options(self) -> dict[str, Any]:
        """For the runner. A runtime with a kernel of its own may ignore the engine's filter."""
        return {"memory": "cgroup", **self.pace(), **({"filter": "missing"} if self._runtime else {})}

    def _create(self, memory: int, options: dict[str, Any], mounts: dict[str, Any], **how: Any) -> "Container":
        scratch = f"size={SCRATCH_BYTES},nr_inodes=16384,nosuid,nodev,uid={BOX_USER},gid={BOX_USER},mode=1777"
        assert self._client is not None  # start_box connected
        create = functools.partial(
            self._client.containers.create,
            self._image,
            [json.dumps(options)],
            labels={LABEL: owner(), POOL_LABEL: str(id(self))},
            user=f"{BOX_USER}:{BOX_USER}",
            network_mode="none",
            hostname="box",
            read_only=True,
            tmpfs={
                "/box": scratch,
                "/tmp": scratch + ",noexec",
                "/dev/shm": scratch + ",noexec",
                "/dev/mqueue": "ro,size=4k",  # over the queues' file system, in which files could be left
            },
            cap_drop=["ALL"],
            security_opt=["no-new-privileges", f"seccomp={seccomp_policy()}"],
            ipc_mode="private",
            pids_limit=PROCESSES,
            mem_limit=memory,
            memswap_limit=memory,
            volumes=mounts,
            auto_remove=True,
            runtime=self._runtime,
            init=False,
            **how,
        )
        return self._apart.finish(create, remove)

    def _start_with_socket(self) -> "DockerBox":
        """The runner connects to a socket in a folder of its own, which is gone before any program runs."""
        folder = owned_folder("codegym-box-")
        container = None
        memory = OWN_MEMORY_BYTES + Limits().memory_bytes
        try:
            os.chmod(folder, 0o711)
            with socket.socket(socket.AF_UNIX) as listener:
                reached = os.open(folder, os.O_PATH)  # for a socket's name may have 107 bytes only
                try:
                    listener.bind(f"/proc/self/fd/{reached}/socket")
                finally:
                    os.close(reached)
                os.chmod(folder / "socket", 0o666)
                listener.listen(1)
                container = self._create(
                    memory,
                    {**self._options(), "socket": f"{SOCKET_FOLDER}/socket"},
                    {str(folder): {"bind": SOCKET_FOLDER, "mode": "ro"}},
                    log_config={"type": "json-file", "config": {"max-size": "64k", "max-file": "1"}},
                )
                container.start()
                listener.settimeout(0.2)
                connection = _accept(listener, container)
            box = DockerBox(Channel(connection), container, memory)
            container = None
        except BaseException:
            if container is not None:
                remove(container)
            raise
        finally:
            discard(folder, "socket")
        return _greet(box)

    def _start_attached(self) -> "DockerBox":
        memory = OWN_MEMORY_BYTES + Limits().memory_bytes
        container = self._create(memory, self._options(), {}, stdin_open=True, log_config={"type": "none"})
        try:
            # The container's input must close when this connection does, for then the runner ends.
            stream = container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 0, "stream": 1})
            connection: Any = getattr(stream, "_sock", stream)
            container.start()
            box = DockerBox(Channel(connection, framed=True), container, memory, stream)
        except BaseException:
            remove(container)
            raise
        return _greet(box)


class DockerBox(Box):
    """One container.

    Args:
        channel: to its runner.
        container: it.
        memory: the cgroup's limit in bytes that it started with.
        attachment: the engine's stream object around the connection, which holds it open too.
    """

    def __init__(self, channel: Channel, container: "Container", memory: int, attachment: Any = None) -> None:
        super().__init__(channel)
        self._container: Container | None = container
        self._memory = memory
        self._attachment = attachment

    def prepare(self, limits: Limits) -> None:
        """Give the cgroup the limit of the next program, where it is another than the last one's."""
        import docker.errors
        import requests.exceptions

        memory = limits.memory_bytes + OWN_MEMORY_BYTES
        if memory == self._memory or self._container is None:
            return
        try:
            self._container.update(mem_limit=memory, memswap_limit=memory)
        except (docker.errors.DockerException, requests.exceptions.RequestException) as error:
            raise BoxFailure(f"the engine did not set the memory limit ({error})") from None
        self._memory = memory

    def close(self) -> None:
        """Kill and remove the container."""
        self.channel.close()
        if self._attachment is not None:
            self._attachment.close()
        container, self._container = self._container, None
        if container is not None:
            remove(container)


def _accept(listener: socket.socket, container: "Container") -> socket.socket:
    import docker.errors

    deadline = time.monotonic() + CONNECT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(TimeoutError):
            connection, _ = listener.accept()
            return connection
        try:
            container.reload()
        except docker.errors.NotFound:
            break
        if container.status not in ("created", "running"):
            break
    raise BoxFailure("the container's runner did not connect")


def _greet(box: DockerBox) -> DockerBox:
    try:
        box.channel.hello(START_S)
    except BaseException:
        box.close()
        raise
    return box
