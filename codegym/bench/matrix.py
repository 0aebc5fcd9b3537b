"""A matrix of runs: agents, feedback modes, turns and problem sets, each combination a run of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from codegym.bench.options import Sampling, load_templates, read_text
from codegym.bench.settings import Settings, default_extract
from codegym.bench.source import Source
from codegym.datasets.yaml_reader import parse
from codegym.errors import ProblemError, UsageError
from codegym.feedback import MODES
from codegym.languages import LANGUAGES
from codegym.running import write_json

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One run.

    Attributes:
        name: of the run, and of its folder.
        agent: what the file calls the agent.
        problems: what the file calls the problem set.
        settings: of the run.
        source: of its problems.
        base_url: of the agent's endpoint, or None.
    """

    name: str
    agent: str
    problems: str
    settings: Settings
    source: Source
    base_url: str | None

    def as_dict(self) -> dict[str, Any]:
        """What tells it from the others, for JSON."""
        return {
            "agent": self.agent,
            "feedback": self.settings.feedback,
            "turns": self.settings.turns,
            "problems": self.problems,
        }


@dataclass(frozen=True, slots=True)
class Matrix:
    """All runs.

    Attributes:
        cells: the runs.
        pairs: n and k of each n@k to report.
        out: the folder that the file names, or None.
    """

    cells: tuple[Cell, ...]
    pairs: tuple[tuple[int, int], ...]
    out: Path | None


@dataclass(frozen=True, slots=True)
class _Agent:
    """An entry of the file's list of agents."""

    label: str
    name: str
    extract: str
    sampling: Sampling
    base_url: str | None


def cell_folder(folder: Path, cell: Cell) -> Path:
    """The folder of a run in that of the matrix."""
    return folder / cell.name


def write_cells(folder: Path, matrix: Matrix) -> None:
    """Write down which runs there are, in ``matrix.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [{"run": cell.name, **cell.as_dict()} for cell in matrix.cells]
    write_json(folder / "matrix.json", {"cells": cells, "n_at_k": matrix.pairs})


def read_matrix(file: Path) -> Matrix:
    """The runs of a file. ``examples/matrix.yaml`` shows all fields.

    Raises:
        UsageError: the file cannot be read, or says something that makes no run.
    """
    try:
        return _read(file)
    except ProblemError as error:
        raise UsageError(str(error)) from None


def _read(file: Path) -> Matrix:
    fields = parse(read_text(file, "a matrix"), str(file))
    values = {name: fields.read(name, lambda value: value) for name in fields.names}
    reader = _Reader(values, str(file))
    agents = [_agent(entry, reader) for entry in reader.items("agents", None)]
    sources = [_source(entry, reader) for entry in reader.items("problems", ["builtin"])]
    modes = [reader.of(entry, str, "feedback") for entry in reader.items("feedback", ["all_failures"])]
    turns = [reader.count(entry, "turns") for entry in reader.items("turns", [3])]
    rollouts = reader.count(values.get("rollouts", 1), "rollouts")
    seed = reader.of(values.get("seed", 0), int, "seed")
    if seed < 0:
        raise reader.complaint("seed", "a whole number of at least 0", seed)
    language = reader.of(values.get("language", "python"), str, "language")
    if language not in LANGUAGES:
        raise reader.complaint("language", f"one of {', '.join(LANGUAGES)}", language)
    pairs = tuple(_pair(entry, reader) for entry in reader.items("n_at_k", [[1, max(turns)]]))
    out = values.get("out")
    reader.finish("agents", "problems", "feedback", "turns", "rollouts", "seed", "language", "n_at_k", "out")
    for mode in modes:
        if mode not in MODES:
            raise reader.complaint("feedback", f"one of {', '.join(MODES)}", mode)
    cells: list[Cell] = []
    for agent, (label, source), mode, most in product(agents, sources, modes, turns):
        parts = (agent.label, label, mode, f"{most}-turns")
        name = "_".join(_UNSAFE.sub("-", part).strip("-.") for part in parts)
        settings = Settings(
            agent.name,
            most,
            rollouts,
            mode,
            extract=agent.extract,
            language=language,
            seed=seed,
            sampling=agent.sampling,
        )
        cells.append(Cell(name, agent.label, label, settings, source, agent.base_url))
    twins = {cell.name for cell in cells if sum(other.name == cell.name for other in cells) > 1}
    if twins:
        raise UsageError(f"{file}: expected runs with names of their own, got {sorted(twins)[0]!r} twice; give names")
    return Matrix(tuple(cells), pairs, None if out is None else Path(reader.of(out, str, "out")))


class _Reader:
    """Complains of what a file has.

    Args:
        values: its fields.
        file: its name.
    """

    def __init__(self, values: Mapping[str, Any], file: str) -> None:
        self._values = values
        self.file = file

    def complaint(self, field: str, expected: str, got: object) -> UsageError:
        return UsageError(f"{self.file}: field {field}: expected {expected}, got {str(got)[:60]!r}")

    def items(self, field: str, default: list[Any] | None) -> list[Any]:
        value = self._values.get(field, default)
        if not isinstance(value, list) or not value:
            raise self.complaint(field, "a list with at least one entry", value)
        return value

    def of(self, value: Any, kind: type, field: str) -> Any:
        if type(value) is not kind:
            raise self.complaint(field, "text" if kind is str else "a whole number", value)
        return value

    def count(self, value: Any, field: str) -> int:
        if type(value) is not int or value < 1:
            raise self.complaint(field, "a positive whole number", value)
        return value

    def finish(self, *known: str) -> None:
        for name in self._values:
            if name not in known:
                raise self.complaint(name, f"one of the known fields ({', '.join(known)})", "an unknown one")

    def entry(self, value: Any, field: str, known: tuple[str, ...]) -> dict[str, Any]:
        """A mapping; plain text stands for one with the first field alone."""
        entry = {known[0]: value} if isinstance(value, str) else value
        if not isinstance(entry, dict) or not isinstance(entry.get(known[0]), str):
            raise self.complaint(field, f"text, or a mapping with {known[0]}", value)
        for name in entry:
            if name not in known:
                raise self.complaint(f"{field}.{name}", f"one of the known fields ({', '.join(known)})", "another")
        return entry


def _agent(value: Any, reader: _Reader) -> _Agent:
    numbers = ("temperature", "top_p", "max_tokens")
    texts = ("agent", "name", "extract", "system", "template", "base_url")
    entry = reader.entry(value, "agents", (*texts, *numbers, "body", "send_seed"))
    for name in texts:
        if name in entry:
            reader.of(entry[name], str, f"agents.{name}")
    kinds: dict[str, tuple[type, ...]] = {"temperature": (int, float), "top_p": (int, float), "max_tokens": (int,)}
    for name, allowed in kinds.items():
        if name in entry and type(entry[name]) not in allowed:
            raise reader.complaint(f"agents.{name}", "a number", entry[name])
    if not isinstance(entry.get("body", {}), dict) or not isinstance(entry.get("send_seed", False), bool):
        raise reader.complaint("agents", "body to be a mapping and send_seed true or false", value)
    extract = entry.get("extract", default_extract(entry["agent"]))
    if extract not in ("raw", "first", "last"):
        raise reader.complaint("agents.extract", "raw, first or last", extract)
    sampling = Sampling(
        **{name: entry.get(name) for name in numbers},
        system=read_text(Path(entry["system"]), "a system message") if "system" in entry else "",
        templates=load_templates(Path(entry["template"])) if "template" in entry else {},
        body=entry.get("body", {}),
        send_seed=entry.get("send_seed", False),
    )
    return _Agent(entry.get("name", entry["agent"]), entry["agent"], extract, sampling, entry.get("base_url"))


def _source(value: Any, reader: _Reader) -> tuple[str, Source]:
    known = ("problems", "name", "path", "allow", "difficulty")
    entry = reader.entry(value, "problems", known)
    for name in known:
        if name in entry:
            reader.of(entry[name], str, f"problems.{name}")
    path, allow = (Path(entry[name]) if name in entry else None for name in ("path", "allow"))
    source = Source(entry["problems"], path, allow, entry.get("difficulty"))
    label = entry.get("name", "-".join(filter(None, (entry["problems"], entry.get("difficulty")))))
    return label, source


def _pair(value: Any, reader: _Reader) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(type(number) is int for number in value):
        n, k = value
        if 1 <= n <= k:
            return n, k
    raise reader.complaint("n_at_k", "pairs [n, k] of whole numbers, n at most k", value)
