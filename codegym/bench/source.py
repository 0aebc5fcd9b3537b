"""Where a run's problems are from: what is written down, so that they can be found again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegym.datasets import ProblemSet, load_problems


@dataclass(frozen=True, slots=True)
class Source:
    """What problems are loaded.

    Attributes:
        problems: name and split of a set, or a folder or file.
        path: where a named set's files lie, or None.
        allow: an allow list, or None.
        difficulty: only those of this difficulty, or None for all.
    """

    problems: str = "builtin"
    path: Path | None = None
    allow: Path | None = None
    difficulty: str | None = None

    def load(self) -> ProblemSet:
        """The problems.

        Raises:
            ProblemError: there is no such set, or it is malformed.
            UsageError: there is no such difficulty or list.
        """
        found = load_problems(self.problems, self.path, allow=self.allow)
        return found.filter(difficulty=self.difficulty) if self.difficulty else found

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        paths = {name: value and str(value) for name, value in (("path", self.path), ("allow", self.allow))}
        return {"problems": self.problems, "difficulty": self.difficulty, **paths}

    @classmethod
    def from_dict(cls, data: Any) -> "Source | None":
        """What :meth:`as_dict` gave; None if it is no such thing."""
        if not isinstance(data, dict) or not isinstance(data.get("problems"), str):
            return None
        path, allow = (Path(data[name]) if isinstance(data.get(name), str) else None for name in ("path", "allow"))
        difficulty = data.get("difficulty")
        return cls(data["problems"], path, allow, difficulty if isinstance(difficulty, str) else None)
