"""Small packages for tests, as mappings of file name to text, and folders and archives made of them."""

import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, str | bytes]

ICPC: dict[str, str | bytes] = {
    "problem.yaml": "name: Twice\nlimits:\n  memory: 64\n  output: 2\nkeywords: numbers Easy\n",
    "problem_statement/problem.en.tex": "\\problemname{Twice}\n\\section*{Input}\nA number $n$, at most 50\\%.\n",
    "data/sample/1.in": "1\n",
    "data/sample/1.ans": "2\n",
    "data/secret/1.in": "5\n",
    "data/secret/1.ans": "10\n",
    "data/secret/2.in": "-7\n",
    "data/secret/2.ans": "-14\n",
    "data/secret/2.desc": "A negative number.\n",
    "submissions/accepted/right.py": "print(int(input()) * 2)\n",
    "submissions/wrong_answer/square.cpp": "int main() {}\n",
}
MODERN: dict[str, str | bytes] = {
    "problem.yaml": (
        "problem_format_version: 2023-07-draft\n"
        "type: pass-fail\n"
        "name: {sv: Dubbelt, en: Twice}\n"
        "uuid: 7c1f1ff8-0f6d-4d0e-9f57-0f0a5a1f8a11\n"
        "limits: {time_limit: 1.5, memory: 256}\n"
        "keywords: [Numbers]\n"
    ),
    "statement/problem.en.md": "Print twice a *number*.\n",
    "statement/problem.sv.md": "Skriv ut det dubbla.\n",
    **{name: text for name, text in ICPC.items() if name.startswith("data/")},
}
POLYGON_XML = """\
<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="3" short-name="twice" url="nowhere">
  <names><name language="russian" value="?"/><name language="english" value="Twice a number"/></names>
  <judging cpu-name="x" cpu-speed="1" input-file="" output-file="">
    <testset name="tests">
      <time-limit>1500</time-limit>
      <memory-limit>67108864</memory-limit>
      <test-count>3</test-count>
      <input-path-pattern>tests/%02d</input-path-pattern>
      <answer-path-pattern>tests/%02d.a</answer-path-pattern>
      <tests>
        <test method="manual" sample="true"/>
        <test cmd="gen 5" method="generated"/>
        <test method="manual"/>
      </tests>
    </testset>
  </judging>
  <files><resources><file path="files/testlib.h"/></resources></files>
  <assets>
    <checker name="std::ncmp.cpp" type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker>
    <solutions>
      <solution tag="main"><source path="solutions/main.cpp" type="cpp.g++17"/></solution>
      <solution tag="accepted"><source path="solutions/right.py" type="python.3"/></solution>
      <solution tag="wrong-answer"><source path="solutions/wrong.py" type="python.3"/></solution>
      <solution tag="time-limit-exceeded-or-accepted"><source path="solutions/slow.py" type="python.3"/></solution>
    </solutions>
  </assets>
  <tags><tag value="math"/></tags>
</problem>
"""
POLYGON: dict[str, str | bytes] = {
    "problem.xml": POLYGON_XML,
    "statements/english/problem-properties.json": '{"legend": "Print twice $n$.", "input": "A number.", "tests": [1]}',
    "tests/01": "1\r\n",
    "tests/01.a": "2\r\n",
    "tests/02": "5\n",
    "tests/02.a": "10\n",
    "tests/03": "-7\n",
    "tests/03.a": "-14\n",
    "files/check.cpp": '#include "testlib.h"\nint main() {}\n',
    "files/testlib.h": "// a library\n",
    "solutions/main.cpp": "int main() {}\n",
    "solutions/right.py": "print(int(input()) * 2)\n",
    "solutions/wrong.py": "print(2)\n",
    "solutions/slow.py": "while True: pass\n",
}


def write(folder: Path, files: Files) -> Path:
    """A folder of these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def zipped(path: Path, files: Files, prefix: str = "") -> Path:
    """A zip archive of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(prefix + name, text)
    return path


def tarred(path: Path, files: Files, prefix: str = "", extra: tuple[tarfile.TarInfo, ...] = ()) -> Path:
    """A tar archive, compressed as its name says, of these files and further members."""
    kind = path.name.rpartition(".")[2]
    with tarfile.open(path, "w" if kind == "tar" else f"w:{kind}") as archive:  # type: ignore[call-overload]
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(prefix + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in extra:
            archive.addfile(member)
    return path


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member of a tar archive that is no file."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def zip_link(path: Path, name: str, target: str) -> None:
    """Add a symbolic link to a zip archive."""
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, target)


def descriptors() -> int:
    """How many descriptors are open."""
    return len(os.listdir("/proc/self/fd"))
