"""The languages that programs may be written in. A compiled one is an entry here and a compiler in the box."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegym.errors import UsageError


@dataclass(frozen=True, slots=True)
class Language:
    """One language, or one way to translate it.

    Attributes:
        name: what it is called here.
        title: what it is called elsewhere.
        source: name of the file that holds a program; further files lie beside it.
        compiler: the command that makes the file ``main`` out of it, in the folder of both; empty for Python, which
            the box itself compiles.
        beside: name and text of files that the command wants beside the program.
        sample: a program of the usual headers, which compiles wherever the compiler is whole.
        package: what has to be installed for the compiler, for messages.
        family: the name for all standards and modes of the language, by which programs are labelled.
        marks: words behind the fence of a block in a chat answer that say that it is in this language, in lower
            case; the first is the one to write.
        sanitized: whether its programs reserve far more address space than they use, as sanitizers do, so that
            their memory is bounded by what is in use instead of by what is reserved.
    """

    name: str
    title: str
    source: str
    compiler: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    sample: str = ""
    package: str = ""
    family: str = ""
    marks: tuple[str, ...] = ()
    sanitized: bool = False

    @property
    def compiled(self) -> bool:
        """Whether its programs are files that the processor runs."""
        return bool(self.compiler)


_SANITIZERS = (
    "sanitizers.cpp",
    'extern "C" const char *__asan_default_options() { return "detect_leaks=0"; }\n',
)
"""To find leaks they would trace themselves, which the filter of system calls forbids."""


def _cpp(name: str, standard: str, *, sanitized: bool = False) -> Language:
    """C++ by g++: one file without libraries of its own, which starts sooner, or one that watches itself."""
    how = ("-O1", "-g1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    beside = (_SANITIZERS,) if sanitized else ()
    return Language(
        name,
        f"C++{standard}",
        "main.cpp",
        (
            *("g++", f"-std=gnu++{standard}", *(how if sanitized else ("-O2", "-static", "-s"))),
            *("-pipe", "-w", "-fmax-errors=20", "-DONLINE_JUDGE", "-o", "main", "main.cpp"),
            *(name for name, _ in beside),
        ),
        beside=beside,
        sample="#include <bits/stdc++.h>\nint main() { std::cout << 1; }\n",
        package="g++",
        family="cpp",
        marks=("cpp", "c++", "cc", "cxx"),
        sanitized=sanitized,
    )


_STANDARDS = {"cpp": "17", **{f"cpp{year}": year for year in ("11", "14", "17", "20", "23")}}

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        "python": Language("python", "Python 3", "main.py", family="python", marks=("python", "python3", "py", "py3")),
        **{name: _cpp(name, standard) for name, standard in _STANDARDS.items()},
        **{f"{name}-sanitize": _cpp(f"{name}-sanitize", year, sanitized=True) for name, year in _STANDARDS.items()},
    }
)
"""By name. ``cpp`` is C++17; ``cpp20`` names a standard; ``-sanitize`` stops at the first undefined behaviour."""


def find_language(name: str) -> Language:
    """The language of a name.

    Raises:
        UsageError: there is none.
    """
    try:
        return LANGUAGES[name]
    except (KeyError, TypeError):
        known = ", ".join(key for key in LANGUAGES if not key.endswith("-sanitize"))
        raise UsageError(f"expected language {known}, or one of C++ with -sanitize behind it, got {name!r}") from None


def language_of(file: str) -> str:
    """The name of the language of a file, by the end of its name; Python where that says nothing."""
    return "cpp" if file.rpartition(".")[2].lower() in ("cpp", "cc", "cxx", "c++") else "python"
