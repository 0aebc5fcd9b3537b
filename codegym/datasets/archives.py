"""Archives (zip, tar, and tar under gzip, bzip2 or xz) as trees, read in memory within bounds.

Sizes are counted while reading, whatever the archive's headers say, so that an archive that grows without end is given
up at the bound. Absolute names and names with ``..`` are refused; nothing is written to disk.
"""

import bz2
import gzip
import lzma
import os
import posixpath
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from codegym.datasets import trees
from codegym.datasets.trees import Entry, Refused, Tree, ignored

SUFFIXES = (".zip", ".kpp", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_UNUSED = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".eps", ".ps", ".exe", ".class", ".jar", ".pyc", ".o")
_LARGEST_DIRECTORY = 16 << 20
"""Bytes of the list of files at the end of a zip archive, which Python reads at once."""
_COMPRESSED = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\0", lzma.LZMAFile),
)
"""First bytes, and what unpacks what follows."""
_MOST_LINKS = 1000
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    IndexError,
    KeyError,
    AttributeError,
)
"""What Python's readers raise for archives that are damaged, encrypted or of an unknown kind."""

Found = tuple[str, "bytes | _Link | str | None"]
"""A name with its content, None for a file that is not needed, a link, or why it is refused."""


class _Link(str):
    """The name that a link stands for."""


def is_archive(path: Path) -> bool:
    """Whether a file's name is that of an archive."""
    return path.name.lower().endswith(SUFFIXES)


def stem(path: Path) -> str:
    """An archive's name without its suffix."""
    suffix = max((s for s in SUFFIXES if path.name.lower().endswith(s)), key=len, default="")
    return path.name[: len(path.name) - len(suffix)]


def archive_tree(path: Path) -> Tree:
    """The tree of an archive.

    Raises:
        ProblemError: it is none, is damaged or encrypted, has a name that leads out of it, or exceeds a bound.
    """
    source = str(path)
    entries: dict[str, Entry] = {}
    refused: dict[str, str] = {}
    links: dict[str, str] = {}
    try:
        with open(path, "rb") as file:
            for raw, found in _zip(file, source) if _is_zip(file) else _tar(file, source):
                name = _safe_name(raw, source)
                if any(map(ignored, name.split("/"))):
                    continue
                if name in entries or name in refused or name in links:
                    raise Refused(source, name, "a name twice", "expected each name once in an archive, got it twice")
                if isinstance(found, _Link):
                    links[name] = found
                elif isinstance(found, str):
                    refused[name] = found
                else:
                    entries[name] = found
                if len(entries) + len(refused) + len(links) > trees.MOST_FILES:
                    raise _too_many(source)
    except Refused:
        raise
    except RecursionError:
        raise Refused(source, "", "a damaged archive", "expected an archive, got headers nested too deeply") from None
    except _BROKEN as error:
        why = str(error).partition("\n")[0][:100] or type(error).__name__
        raise Refused(
            source, "", "a damaged archive", f"expected a zip or tar archive, got one that cannot be read: {why}"
        ) from None
    _follow(links, entries, refused, source)
    return Tree(source, entries, refused, links)


def _too_many(source: str) -> Refused:
    return Refused(source, "", "too many files", f"expected at most {trees.MOST_FILES} files, got more")


def _too_large(source: str, name: str) -> Refused:
    bounds = f"{trees.LARGEST_FILE} bytes a file and {trees.LARGEST_TOTAL} in all"
    return Refused(source, name, "too large", f"expected at most {bounds} once unpacked, got more")


def _safe_name(name: str, source: str) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    strange = "\\" in name or "\0" in name or not trees.is_text(name)
    if name.startswith("/") or ".." in parts or strange or not parts or (len(name) > 1 and name[1] == ":"):
        detail = f"expected relative names of files, got {ascii(name)[:100]}"
        raise Refused(source, "", "a name that leads out", detail)
    if len(parts) > trees.DEEPEST:
        raise Refused(source, "/".join(parts)[:200], "too deep", f"expected at most {trees.DEEPEST} folders, got more")
    return "/".join(parts)


def _is_zip(file: IO[bytes]) -> bool:
    start = file.read(4)
    file.seek(0)
    return start in (b"PK\3\4", b"PK\5\6")


def _zip(file: IO[bytes], source: str) -> Iterator[Found]:
    _check_directory(file, source)
    total = 0
    with zipfile.ZipFile(file) as archive:
        if len(archive.filelist) > 2 * trees.MOST_FILES:
            raise _too_many(source)
        for info in archive.filelist:
            mode = info.external_attr >> 16
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                detail = "expected files that can be read by anyone, got one under a password"
                raise Refused(source, info.filename[:200], "an encrypted archive", detail)
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFLNK):
                yield info.filename, "a pipe, a socket or a device"
            elif not stat.S_ISLNK(mode) and info.filename.lower().endswith(_UNUSED):
                yield info.filename, None
            else:
                with archive.open(info) as member:
                    data = member.read(min(trees.LARGEST_FILE, trees.LARGEST_TOTAL - total) + 1)
                total += len(data)
                if len(data) > trees.LARGEST_FILE or total > trees.LARGEST_TOTAL:
                    raise _too_large(source, info.filename[:200])
                yield info.filename, _link(info.filename, data) if stat.S_ISLNK(mode) else data


def _check_directory(file: IO[bytes], source: str) -> None:
    """Refuse a list of files that is too large before Python reads it whole."""
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - (1 << 16) - 42))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\5\6")
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if size > _LARGEST_DIRECTORY or b"PK\6\7" in tail[max(0, at - 20) : max(0, at)]:
        raise Refused(source, "", "too many files", "expected a zip archive of at most 65535 files and 4 GB, got more")


class _Bounded:
    """A file that is read forward, up to the bounds."""

    def __init__(self, file: IO[bytes], source: str) -> None:
        self._file = file
        self._source = source
        self._at = 0

    def read(self, size: int) -> bytes:
        if not 0 <= size <= trees.LARGEST_FILE or self._at + size > trees.LARGEST_TOTAL + (1 << 20):
            raise _too_large(self._source, "")
        data = self._file.read(size)
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at

    def seek(self, place: int, whence: int = 0) -> int:
        while self._at < place:
            if not self.read(min(place - self._at, 1 << 20)):
                break
        if self._at > place or whence:
            raise tarfile.ReadError("a tar archive that must be read twice")
        return self._at


def _tar(file: IO[bytes], source: str) -> Iterator[Found]:
    start = file.read(6)
    file.seek(0)
    opener: Any = next((opener for magic, opener in _COMPRESSED if start.startswith(magic)), lambda plain: plain)
    bounded: Any = _Bounded(opener(file), source)
    with tarfile.TarFile(fileobj=bounded, errorlevel=2) as archive:
        for count, member in enumerate(archive):
            if count > 2 * trees.MOST_FILES:
                raise _too_many(source)
            if member.isdir():
                continue
            if member.issym():
                yield member.name, _link(member.name, member.linkname.encode(errors="surrogateescape"))
            elif member.islnk():
                yield member.name, _link("", member.linkname.encode(errors="surrogateescape"))
            elif not member.isreg() or member.issparse():
                yield member.name, "a pipe, a socket, a device or a sparse file"
            elif member.name.lower().endswith(_UNUSED):
                yield member.name, None
            else:
                opened = archive.extractfile(member)
                data = opened.read() if opened else b""
                if len(data) != member.size:
                    raise tarfile.ReadError("unexpected end of data")
                yield member.name, data


def _link(name: str, target: bytes) -> "_Link | str":
    """What a link stands for, or why it may not."""
    text = target.decode("utf-8", "replace")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), text))
    if not text or len(text) > 4096 or "\0" in text or path.startswith(("/", "..")):
        return "a link that leads out"
    return _Link(path)


def _follow(links: dict[str, str], entries: dict[str, Entry], refused: dict[str, str], source: str) -> None:
    """Put under each link's name what it stands for."""
    if len(links) > _MOST_LINKS:
        raise Refused(source, "", "too many files", f"expected at most {_MOST_LINKS} links in an archive, got more")
    given = dict(entries)
    for name, target in links.items():
        if target in given:
            entries[name] = given[target]
            continue
        below = [file for file in given if file.startswith(f"{target}/")]
        if not below or name.startswith(f"{target}/") or any(link.startswith(f"{target}/") for link in links):
            refused[name] = "a link to nothing inside, or to further links"
        entries.update({name + file[len(target) :]: given[file] for file in below if name not in refused})
        if len(entries) > trees.MOST_FILES:
            raise _too_many(source)
