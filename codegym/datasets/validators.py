"""The program that judges outputs, gathered from a package: one main file and those that it needs beside it."""

import re
from collections.abc import Callable
from typing import Literal

from codegym.datasets.submissions import LANGUAGES, suffix
from codegym.datasets.trees import Tree
from codegym.problem import Checker

HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".inc", ".ipp", ".tpp")
_PYTHON_MAINS = ("__main__.py", "main.py", "validate.py", "validator.py")
_INCLUDED = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)
_SYSTEM = re.compile(
    r"(bits|ext|sys|experimental)/.*|[a-z_]+"
    r"|(assert|ctype|errno|float|inttypes|limits|locale|math|setjmp|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib"
    r"|string|strings|time|unistd|wchar)\.h"
)
"""What a compiler finds by itself, though it stands between quotation marks."""

Role = Literal["validator", "interactor"]


def read_validator(
    tree: Tree, folder: str, *, several: bool, role: Role, flags: tuple[str, ...], change: Callable[[str], str]
) -> Checker:
    """The one program in a folder, asked as ICPC packages ask it.

    Args:
        tree: the package.
        folder: where it lies.
        several: whether the folder is one of programs, each a file or a folder, and not the program's own; a folder
            with nothing but another in it is taken for the former, as the format's tools do.
        role: what it is.
        flags: its arguments beyond the first three.
        change: what to do with each source.

    Raises:
        ProblemError: there is none, or several, or it is not of one main file in Python or C++.
    """
    place = folder
    sources = [name for name in tree.files(folder) if suffix(name) in LANGUAGES]
    found = sources + tree.folders(folder) if several or not sources else sources[:1]
    if len(found) > 1:
        detail = f"expected one output validator, got {len(found)}"
        raise tree.refusal(folder, "several output validators", detail)
    if found and found[0] not in sources:
        place = f"{folder}/{found[0]}"
    names = tree.files(place)
    scripts = [name for name in names if name in ("build", "run", "build.sh", "run.sh")]
    if scripts:
        detail = f"expected a program in Python or C++, got one with its own script {scripts[0]}"
        raise tree.refusal(f"{place}/{scripts[0]}", "a validator with a build script", detail)
    sources = [name for name in names if suffix(name) in LANGUAGES]
    kinds = {LANGUAGES[suffix(name)] for name in sources}
    if not sources:
        detail = "expected the program of an output validator there, got none; add it"
        raise tree.refusal(folder, "an output validator that is missing", detail)
    if len(kinds) > 1 or not kinds <= {"python", "cpp"}:
        detail = f"expected a program in Python or C++, got one in {', '.join(sorted(kinds))}"
        raise tree.refusal(place, "a validator in another language", detail)
    texts = {name: change(tree.text(f"{place}/{name}")) for name in names if name in sources or suffix(name) in HEADERS}
    language = kinds.pop()
    main = _main(tree, place, sources, language)
    rest = tuple((name, text) for name, text in texts.items() if name != main)
    for name in _INCLUDED.findall(texts[main]) if language == "cpp" else ():
        if name not in texts and not _SYSTEM.fullmatch(name):
            detail = f"expected the file that it includes, {name[:80]!r}, beside it, got none"
            raise tree.refusal(f"{place}/{main}", "a validator that is not whole", detail)
    return Checker(role, source=texts[main], language=language, protocol="kattis", flags=flags, files=rest)


def _main(tree: Tree, place: str, sources: list[str], language: str) -> str:
    mains = sources if len(sources) == 1 else [name for name in _PYTHON_MAINS if name in sources]
    if not mains or (len(sources) > 1 and language == "cpp"):
        detail = f"expected one source file and headers, got {len(sources)} source files"
        raise tree.refusal(place, "a validator of several source files", detail)
    return mains[0]


def testlib_checker(tree: Tree, path: str, language: str, role: Role) -> Checker:
    """A program in C++ or Python that is asked as testlib asks it, with what it includes.

    Args:
        tree: the package.
        path: of its source.
        language: what it is written in.
        role: what it is.

    Raises:
        ProblemError: it, or a file that it includes, is missing, or it is in another language, or gives points.
    """
    if language not in ("cpp", "python"):
        detail = f"expected a program in C++ or Python, got one in {language or 'an unknown language'}"
        raise tree.refusal(path, "a checker in another language", detail)
    source = tree.text(path)
    folder = path.rpartition("/")[0]
    files: dict[str, str] = {}
    waiting = [source] if language == "cpp" else []
    while waiting:
        for name in _INCLUDED.findall(waiting.pop()):
            if name in files or _SYSTEM.fullmatch(name):
                continue
            places = [f"{where}/{name}" if where else name for where in dict.fromkeys((folder, "files", ""))]
            found = next((place for place in places if place in tree), "")
            if not found or "/" in name:
                detail = f"expected the file that it includes, {name[:80]!r}, in files/, got none"
                raise tree.refusal(path, "a checker that is not whole", detail)
            files[name] = tree.text(found)
            waiting.append(files[name])
    own = [source, *(text for name, text in files.items() if name != "testlib.h")]
    if any(re.search(r"\bquitp[i]?\s*\(|\b_points\b|\b_pc\s*\(|\b_partially\b", text) for text in own):
        detail = "expected a checker that accepts or rejects, got one that gives points"
        raise tree.refusal(path, "a checker that gives points", detail)
    return Checker(role, source=source, language=language, protocol="testlib", files=tuple(files.items()))
