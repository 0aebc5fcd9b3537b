"""codegym's own problem files: YAML, one problem a file, strictly validated, nothing in them run.

The format is described in ``docs/problem-format.md``. Every complaint names file, line and field, what was
expected and what came.
"""

import re
from collections.abc import Callable
from keyword import iskeyword
from pathlib import Path
from typing import Any

from codegym.datasets.yaml_reader import Fields, parse
from codegym.errors import ProblemError, UsageError
from codegym.functions.calls import Call, Calls, Expected, Raises
from codegym.generated import Generator, PrivateTests
from codegym.problem import Argument, Checker, LabelledProgram, Limits, Problem, TestCase
from codegym.signature import converter
from codegym.values import show
from codegym.verdict import Verdict

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT_CHECKERS = ("exact", "lines", "tokens", "tokens_nocase", "numbers", "unordered_lines", "unordered_tokens")
_LABELS = tuple(v.value for v in Verdict if v not in (Verdict.SKIPPED, Verdict.NO_PROGRAM))


def load_folder(folder: Path) -> list[Problem]:
    """The problems of all ``*.yaml`` files in a folder, in the order of their names.

    Raises:
        ProblemError: a file is malformed, or there is none.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ProblemError(f"{folder}: expected at least one problem file *.yaml in the folder, got none")
    return [load_file(file) for file in files]


def load_file(path: Path) -> Problem:
    """The problem of one file.

    Raises:
        ProblemError: it is malformed, or cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ProblemError(f"{path}: expected a readable problem file, got: {error.strerror}") from None
    except ValueError as error:
        if not isinstance(error, UnicodeDecodeError):
            raise ProblemError(f"{str(path)!r}: expected a readable problem file, got: no path can be so") from None
        raise ProblemError(f"{path}: expected UTF-8 text, got other bytes at offset {error.start}") from None
    return _problem(parse(text, str(path)))


def _problem(fields: Fields) -> Problem:
    name = fields.text("id", pattern=_ID, wanted="lower-case words joined by hyphens")
    kind = fields.choice("kind", ("stdin", "function"))
    function = kind == "function"
    entry_point = fields.read("entry_point", _entry_point) if function else None
    arguments = _arguments(fields) if function else ()
    returns = _type(fields, "returns") if function else ""
    read_input, read_output = _readers(function, arguments, returns)
    limits = _limits(fields.mapping("limits")) if fields.has("limits") else Limits()
    public = _tests(fields, "public_tests", function, arguments, read_input, read_output)
    given: tuple[TestCase, ...] = ()
    if fields.has("private_tests"):
        given = _tests(fields, "private_tests", function, arguments, read_input, read_output)
    reference = fields.text("reference")
    private: Any = given
    if fields.has("generator"):
        private = PrivateTests(
            given,
            _generator(fields.mapping("generator")),
            reference,
            limits,
            entry_point=entry_point,
            types=tuple(argument.type for argument in arguments),
            returns=returns,
            where=fields.file,
        )
    if not public:
        raise fields.complaint("public_tests", "at least one test", "none")
    if not len(private):
        raise fields.complaint("private_tests", "at least one test here or by a generator", "none")
    problem = Problem(
        id=name,
        title=fields.text("title", pattern=re.compile(r"[^\n]+"), wanted="one line"),
        statement=fields.text("statement"),
        kind=kind,  # type: ignore[arg-type]
        public_tests=public,
        private_tests=private,
        limits=limits,
        checker=_checker(fields, function),
        difficulty=fields.choice("difficulty", ("easy", "medium", "hard")),  # type: ignore[arg-type]
        tags=tuple(fields.texts("tags", pattern=re.compile(r"[^A-Z\n]+"), wanted="lower-case words")),
        entry_point=entry_point,
        arguments=arguments,
        returns=returns,
        reference=reference,
        starter=fields.text("starter") if fields.has("starter") else None,
        programs=_programs(fields),
        source=fields.file,
    )
    fields.finish()
    return problem


Read = Callable[[Any], Any]


def _readers(function: bool, arguments: tuple[Argument, ...], returns: str) -> tuple[Read, Read]:
    """How a test's input and output are made of what stands in the file."""
    if not function:
        return _plain_text, _plain_text

    def read_arguments(data: Any) -> Any:
        if not isinstance(data, list) or len(data) != len(arguments):
            raise ValueError(f"expected a list of {len(arguments)} arguments, got {show(data):.60}")
        return tuple(converter(argument.type)(item) for argument, item in zip(arguments, data, strict=True))

    return read_arguments, converter(returns)


def _plain_text(data: Any) -> str:
    if not isinstance(data, str):
        raise ValueError(f"expected text (quote it), got {show(data):.60}")
    return data


def _tests(
    fields: Fields, key: str, function: bool, arguments: tuple[Argument, ...], read_input: Read, read_output: Read
) -> tuple[TestCase, ...]:
    tests = []
    for item in fields.items(key):
        if function and item.has("calls"):
            steps = [_step(step, read_output) for step in item.items("calls")]
            if not steps:
                raise item.complaint("calls", "at least one call", "none")
            calls, wanted = zip(*steps, strict=True)
            tests.append(TestCase(Calls(calls), wanted))
        elif function:
            tests.append(TestCase(item.read("input", read_input), _wanted(item, read_output, arguments)))
        else:
            tests.append(TestCase(item.read("input", read_input), item.read("output", read_output)))
        item.finish()
    return tuple(tests)


def _step(fields: Fields, read_output: Read) -> tuple[Call, Any]:
    """One of several calls; the types of arguments are known for the entry point alone, and not asked for here."""
    arguments = fields.read("input", _list_of_arguments) if fields.has("input") else ()
    call = Call(tuple(arguments), fields.read("call", _called) if fields.has("call") else "")
    if not (fields.has("output") or fields.has("raises")):
        wanted: Any = Expected(relation="anything")
    else:
        wanted = _wanted(fields, read_output if not call.function else _any, ())
    fields.finish()
    return call, wanted


def _wanted(fields: Fields, read_output: Read, arguments: tuple[Argument, ...]) -> Any:
    """What is expected of a call: ``output``, if wished of an ``argument``; or an exception that it ``raises``."""
    if fields.has("raises"):
        exception = fields.read("raises", _identifier)
        return Raises(exception, fields.text("message") if fields.has("message") else "")
    if not fields.has("argument"):
        return fields.read("output", read_output)
    names = [argument.name for argument in arguments]
    place = names.index(fields.choice("argument", names))
    return Expected(fields.read("output", converter(arguments[place].type)), argument=place)


def _any(data: Any) -> Any:
    return data


def _list_of_arguments(data: Any) -> Any:
    if not isinstance(data, list):
        raise ValueError(f"expected a list of arguments, got {show(data):.60}")
    return data


def _called(data: Any) -> str:
    name = data.removeprefix(".") if isinstance(data, str) else data
    _identifier(name)
    return str(data)


def _arguments(fields: Fields) -> tuple[Argument, ...]:
    arguments: dict[str, Argument] = {}
    for item in fields.items("arguments"):
        argument = Argument(item.read("name", _identifier), _type(item, "type"))
        if argument.name in arguments:
            raise item.complaint("name", "a name of its own", repr(argument.name))
        arguments[argument.name] = argument
        item.finish()
    return tuple(arguments.values())


def _identifier(data: Any) -> str:
    if not isinstance(data, str) or not _NAME.fullmatch(data) or iskeyword(data):
        raise ValueError(f"expected a Python name, got {show(data):.60}")
    return data


def _entry_point(data: Any) -> str:
    """A function's name, or ``Class.name`` for a method of an object that is made without arguments."""
    for part in data.split(".", 1) if isinstance(data, str) else [data]:
        _identifier(part)
    return str(data)


def _type(fields: Fields, key: str) -> str:
    def check(data: Any) -> str:
        converter(_plain_text(data))
        return str(data)

    return str(fields.read(key, check))


def _limits(fields: Fields) -> Limits:
    numbers = {}
    for key, name, scale in (
        ("cpu_s", "cpu_s", None),
        ("wall_s", "wall_s", None),
        ("memory_mb", "memory_bytes", 1 << 20),
        ("output_kb", "output_bytes", 1 << 10),
    ):
        if fields.has(key):
            value = fields.number(key)
            numbers[name] = value if scale is None else int(value * scale)
    try:
        limits = Limits(**numbers)  # type: ignore[arg-type]
    except UsageError as error:
        raise ProblemError(f"{fields.place('')}{error}") from None
    fields.finish()
    return limits


def _generator(fields: Fields) -> Generator:
    count = fields.integer("count", least=1, most=1000)
    generator = Generator(fields.integer("seed", least=0), count, fields.text("source"))
    fields.finish()
    return generator


def _checker(fields: Fields, function: bool) -> Checker:
    known = ("value", "validator") if function else (*_TEXT_CHECKERS, "validator")
    if not fields.has("checker"):
        return Checker("value" if function else "lines")
    if not fields.is_mapping("checker"):
        return Checker(fields.choice("checker", known[:-1]))  # type: ignore[arg-type]
    inner = fields.mapping("checker")
    kind = inner.choice("type", known)
    settings: dict[str, Any] = {}
    if kind in ("numbers", "value"):
        for key in ("abs_tol", "rel_tol"):
            if inner.has(key):
                settings[key] = inner.number(key)
    if kind == "value" and inner.has("unordered"):
        settings["unordered"] = inner.boolean("unordered")
    if kind == "value" and inner.has("equality"):
        settings["equality"] = inner.choice("equality", ("types", "python", "json"))
    if kind == "validator":
        settings["source"] = inner.text("source")
    inner.finish()
    return Checker(kind, **settings)  # type: ignore[arg-type]


def _programs(fields: Fields) -> tuple[LabelledProgram, ...]:
    programs: dict[str, LabelledProgram] = {}
    for item in fields.items("programs") if fields.has("programs") else ():
        name, label = item.text("name"), item.choice("label", _LABELS)
        fails = item.choice("fails", ("public", "private")) if item.has("fails") else ""
        if fails and label == "accepted":
            raise item.complaint("fails", "this field only where the label is not accepted", repr(fails))
        program = LabelledProgram(name, label, item.text("source"), fails=fails)
        if program.name in programs or program.name in ("reference", "starter"):
            raise item.complaint("name", "a name of its own", repr(program.name))
        programs[program.name] = program
        item.finish()
    return tuple(programs.values())
