"""What a server is told, and the bounds that keep it and everybody's requests well."""

import ipaddress
from dataclasses import dataclass, field

from codegym.errors import UsageError


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """A server's settings.

    Attributes:
        host: the address to listen at.
        port: the port; 0 for any that is free.
        token: what a client must know; empty for a server that only this machine reaches.
        at_once: requests that use the sandbox at once; None for as many as it has workers.
        queue: requests that may wait for that; those beyond are answered with 429.
        body_bytes: bytes of a request.
        bodies_bytes: bytes of all requests that are here at once; a request beyond is answered with 429.
        body_s: seconds within which a request has to arrive.
        head_s: seconds within which its first lines have to.
        connections: connections at once; of more, the longest idle are closed.
        sessions: episodes at once.
        idle_s: seconds after which an episode that nobody steps is given up.
        drain_s: seconds that requests get to end when the server does.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str = field(default="", repr=False)
    at_once: int | None = None
    queue: int = 256
    body_bytes: int = 64 << 20
    bodies_bytes: int = 256 << 20
    body_s: float = 30.0
    head_s: float = 10.0
    connections: int = 4096
    sessions: int = 256
    idle_s: float = 600.0
    drain_s: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what would be open to everybody, or could not work."""
        for name, least in (("queue", 0), ("body_bytes", 1024), ("sessions", 1), ("connections", 16), ("port", 0)):
            if getattr(self, name) < least:
                raise UsageError(f"expected {name} of at least {least}, got {getattr(self, name)}")
        if self.at_once is not None and self.at_once < 1:
            raise UsageError(f"expected at_once of at least 1, got {self.at_once}")
        for name in ("body_s", "head_s", "idle_s", "drain_s"):
            if not 0 < getattr(self, name) < 1e6:
                raise UsageError(f"expected {name} of more than 0 seconds, got {getattr(self, name)}")
        if self.port > 65535:
            raise UsageError(f"expected a port up to 65535, got {self.port}")
        if self.token and (not self.token.isascii() or not self.token.isprintable() or " " in self.token):
            raise UsageError("expected a token of printable ASCII without spaces, got other characters")
        if not self.token and not is_loopback(self.host):
            raise UsageError(
                f"expected a token for a server at {self.host}, which others can reach, got none; "
                "set CODEGYM_TOKEN, or give --token-file"
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
