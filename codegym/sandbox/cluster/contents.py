"""Contents that are sent to a node once, and named by their digest from then on."""

import hashlib
import pickle
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

STORE_BYTES = 512 << 20
"""What one node keeps; the longest unused goes first."""
_WAIT_S = 2.0
"""How long a node waits for contents that another request brings just then."""


@dataclass(frozen=True, slots=True)
class Part:
    """A value that may be sent, or named.

    Attributes:
        digest: of the value.
        data: the value, pickled. Only this package's own plain data, and only from the driver to its nodes.
    """

    digest: bytes
    data: bytes = field(repr=False)


def part(value: object) -> Part:
    """A value of plain data as a part."""
    data = pickle.dumps(value, 5)
    return Part(hashlib.sha256(data).digest(), data)


class Known:
    """What one node is known to have, by the digests; forgets sooner than the node itself does.

    Attributes:
        sent_bytes: bytes of contents that were sent to it.
    """

    def __init__(self, capacity: int = STORE_BYTES // 2) -> None:
        self._sizes: OrderedDict[bytes, int] = OrderedDict()
        self._left = capacity
        self.sent_bytes = 0

    def unknown(self, parts: tuple[Part, ...]) -> dict[bytes, bytes]:
        """The contents of those parts that have to go along, by digest; they are known from now on."""
        sent = {}
        for one in parts:
            if one.digest in self._sizes:
                self._sizes.move_to_end(one.digest)
                continue
            sent[one.digest] = one.data
            self._sizes[one.digest] = len(one.data)
            self._left -= len(one.data)
            self.sent_bytes += len(one.data)
        while self._left < 0 and len(self._sizes) > 1:
            self._left += self._sizes.popitem(last=False)[1]
        return sent

    def forget(self, digests: tuple[bytes, ...]) -> None:
        """The node does not have these after all."""
        for digest in digests:
            self._left += self._sizes.pop(digest, 0)


class Contents:
    """What a node has, bounded by bytes. For many threads.

    Args:
        capacity: bytes at most, as they came; a single larger content is kept too.
    """

    def __init__(self, capacity: int = STORE_BYTES) -> None:
        self._changed = threading.Condition()
        self._values: OrderedDict[bytes, tuple[Any, int]] = OrderedDict()
        self._left = capacity
        self._capacity = capacity

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._capacity - self._left

    def add(self, contents: dict[bytes, bytes]) -> None:
        """Keep what came along."""
        values = {digest: (pickle.loads(data), len(data)) for digest, data in contents.items()}
        with self._changed:
            for digest, value in values.items():
                if digest not in self._values:
                    self._left -= value[1]
                self._values[digest] = value
                self._values.move_to_end(digest)
            while self._left < 0 and len(self._values) > 1:
                self._left += self._values.popitem(last=False)[1][1]
            self._changed.notify_all()

    def missing(self, digests: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Those that are not here, after a moment's wait for them."""
        with self._changed:
            self._changed.wait_for(lambda: all(digest in self._values for digest in digests), _WAIT_S)
            return tuple(digest for digest in digests if digest not in self._values)

    def get(self, digest: bytes) -> Any:
        """The value of a digest that is not missing; KeyError if it went meanwhile."""
        with self._changed:
            self._values.move_to_end(digest)
            return self._values[digest][0]
