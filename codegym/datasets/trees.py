"""The files of a folder or an archive by their names in it, read within bounds; nothing is unpacked to disk.

A name is relative, with ``/`` between its parts. Links are followed where they stay inside; what points outside, and
what is no file at all, is remembered and complained of by whoever opens the package that it lies in.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from codegym.errors import ProblemError

LARGEST_FILE = 256 << 20
"""Bytes of one file."""
LARGEST_TOTAL = 1 << 30
"""Bytes of all files that are read of one package or archive."""
MOST_FILES = 100_000
DEEPEST = 20
"""Folders within each other."""
_IGNORED = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")
_KEPT_DOT_FILES = (".timelimit",)

Value = TypeVar("Value")
Entry = bytes | Path | None
"""Content, or where it lies, or None for a file of a kind that no package is judged by."""


class Refused(ProblemError):
    """A package, or a part of one, that cannot be used.

    Attributes:
        field: what is to blame: a field or a file in the package.
        reason: what is wrong, in words that are the same for all that suffer from it.
        detail: what was expected and what came.
    """

    def __init__(self, source: str, field: str, reason: str, detail: str) -> None:
        super().__init__(f"{source}: {field}: {detail}" if field else f"{source}: {detail}")
        self.field = field
        self.reason = reason
        self.detail = detail


class Tree:
    """The files of one folder or archive.

    Args:
        source: for messages.
        entries: each file's name and content.
        refused: names that cannot be read safely, and why.
        links: of the names, those that are links, and what they stand for.
    """

    def __init__(
        self,
        source: str,
        entries: Mapping[str, Entry],
        refused: Mapping[str, str],
        links: Mapping[str, str] | None = None,
    ) -> None:
        self.source = source
        self._entries = dict(entries)
        self._refused = dict(refused)
        self._links = dict(links or {})
        self._listed: dict[str, tuple[set[str], set[str]]] = {}
        for name in self._entries:
            folder, _, file = name.rpartition("/")
            self._listed.setdefault(folder, (set(), set()))[1].add(file)
            while folder:
                folder, _, inner = folder.rpartition("/")
                self._listed.setdefault(folder, (set(), set()))[0].add(inner)
        self._read = 0

    def __contains__(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return name in self._entries

    def names(self, folder: str = "") -> list[str]:
        """The names of all files below a folder, at any depth, in order."""
        start = f"{folder}/" if folder else ""
        found = [start + name for name in self.files(folder)]
        for inner in self.folders(folder):
            found += self.names(start + inner)
        return sorted(found)

    def folders(self, folder: str = "") -> list[str]:
        """The names, within it, of the folders that stand in a folder."""
        return sorted(self._listed[folder][0]) if folder in self._listed else []

    def files(self, folder: str = "") -> list[str]:
        """The names, within it, of the files that stand in a folder."""
        return sorted(self._listed[folder][1]) if folder in self._listed else []

    def below(self, folder: str) -> "Tree":
        """The tree of one of its folders. A link out of that folder is refused there."""
        if not folder:
            return self
        start = f"{folder}/"
        links = {name: target for name, target in self._links.items() if name.startswith(start)}
        out = {name: "a link that leads out" for name, target in links.items() if not target.startswith(start)}
        inside = {name: target[len(start) :] for name, target in links.items() if name not in out}
        return Tree(
            f"{self.source}/{folder}",
            _stripped(self._entries, start),
            _stripped(self._refused | out, start),
            _stripped(inside, start),
        )

    def check(self) -> None:
        """Complain of the first name that cannot be read safely.

        Raises:
            ProblemError: there is one.
        """
        for name, why in self._refused.items():
            raise self.refusal(name[:200], "a link or special file", f"expected a file or a link inside, got {why}")

    def refusal(self, field: str, reason: str, detail: str) -> Refused:
        """The error to raise. A field may be a name out of the package, with line breaks and more in it."""
        return Refused(self.source, field if field.isprintable() else repr(field)[1:-1], reason, detail)

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            ProblemError: it cannot be read, or it is, or all that was read of the tree is, too large.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise self.refusal(name, "a missing file", "expected this file, got none that can be read")
        data = self._of_disk(name, entry) if isinstance(entry, Path) else entry
        self._read += len(data)
        if len(data) > LARGEST_FILE:
            raise self.refusal(name, "too large", f"expected at most {LARGEST_FILE} bytes, got more")
        if self._read > LARGEST_TOTAL:
            raise self.refusal(name, "too large", f"expected at most {LARGEST_TOTAL} bytes in all, got more")
        return data

    def text(self, name: str) -> str:
        """The content of a text file: UTF-8, without a byte order mark, lines ending in a newline alone.

        Raises:
            ProblemError: it is no such text, or cannot be read.
        """
        data = self.read(name)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            got = f"the byte 0x{data[error.start]:02x} at offset {error.start}"
            raise self.refusal(name, "not UTF-8", f"expected text in UTF-8, got {got}") from None
        return text.removeprefix("\ufeff").replace("\r\n", "\n")

    def _of_disk(self, name: str, path: Path) -> bytes:
        try:
            # A pipe put in a file's place since it was listed must not be waited for.
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise self.refusal(name, "a link or special file", "expected a file, got something else")
                return file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise self.refusal(
                name, "unreadable", f"expected a readable file, got one that is not: {error.strerror}"
            ) from None


def _stripped(mapping: Mapping[str, Value], start: str) -> dict[str, Value]:
    return {name[len(start) :]: value for name, value in mapping.items() if name.startswith(start)}


def ignored(name: str) -> bool:
    """Whether a file or folder of this name is of no package, but of an editor, a system or a version control."""
    return name in _IGNORED or (name.startswith(".") and name not in _KEPT_DOT_FILES)


def folder_tree(folder: Path) -> Tree:
    """The tree of a folder on disk.

    Raises:
        ProblemError: it cannot be listed, or is too large or too deep.
    """
    root = os.path.realpath(folder)
    entries: dict[str, Entry] = {}
    refused: dict[str, str] = {}
    for name, found in _walk(str(folder), root, root, "", (root,)):
        if isinstance(found, Path):
            entries[name] = found
        else:
            refused[name] = found
        if len(entries) + len(refused) > MOST_FILES:
            raise Refused(str(folder), "", "too many files", f"expected at most {MOST_FILES} files, got more")
    return Tree(str(folder), entries, refused)


def _walk(source: str, root: str, real: str, prefix: str, above: tuple[str, ...]) -> Iterator[tuple[str, Path | str]]:
    """Each file below the folder ``real``: where it lies, or why it is refused."""
    if len(above) > DEEPEST:
        raise Refused(
            source, prefix[:200], "too deep", f"expected at most {DEEPEST} folders within each other, got more"
        )
    try:
        listed = sorted(os.scandir(real), key=lambda item: item.name)
    except OSError as error:
        raise Refused(
            source, prefix, "unreadable", f"expected a readable folder, got one that is not: {error.strerror}"
        ) from None
    for item in listed:
        if ignored(item.name):
            continue
        name = prefix + item.name
        target = os.path.realpath(item.path) if item.is_symlink() else item.path
        if not is_text(name):
            yield ascii(name)[1:-1], "a name that is not UTF-8 on one line"
        elif item.is_symlink() and os.path.commonpath([root, target]) != root:
            yield name, "a symbolic link that leads out"
        elif os.path.isdir(target):
            if target in above:
                yield name, "a symbolic link to a folder that it lies in"
            else:
                yield from _walk(source, root, target, f"{name}/", (*above, target))
        elif os.path.isfile(target):
            yield name, Path(target)
        else:
            yield name, "a broken link, a pipe, a socket or a device"


def is_text(name: str) -> bool:
    """Whether a name can be written in UTF-8, on one line."""
    return not any(char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff" for char in name)
