"""The statements of a run's problems, where the problem set can be found on this machine."""

from pathlib import Path
from typing import Any

from codegym.bench.settings import Settings
from codegym.datasets import ProblemSet, load_problems
from codegym.errors import CodegymError, UsageError
from codegym.feedback import Templates, describe
from codegym.languages import find_language
from codegym.process import visible_in
from codegym.report.runs import Run


def find_problems(run: Run) -> ProblemSet | None:
    """The problem set of a run, if it lies on this machine and is still the one that was played.

    A set that would have to be fetched is not looked for: name it to :func:`load_problems`.
    """
    source = run.about.get("source")
    name = source.get("problems") if isinstance(source, dict) else run.problem_set("name")
    more: dict[str, Any] = source if isinstance(source, dict) else {}
    path = more.get("path")
    if not isinstance(name, str) or not (name == "builtin" or path or _is_path(name)):
        return None
    try:
        problems = load_problems(name, path, allow=more.get("allow"))
        if more.get("difficulty"):
            problems = problems.filter(difficulty=more["difficulty"])
        same = problems.content_hash == run.problem_set("hash")
    except (CodegymError, OSError, TypeError):
        return None
    return problems if same else None


def _is_path(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # a name that no path can have
        return False


def statements_of(run: Run, problems: ProblemSet) -> dict[str, str]:
    """What agents read of each problem of a run that is in the set: statement, public tests, program to repair."""
    played = {row.problem_id for row in run.rows}
    try:
        settings = settings_of(run)
        texts, language = settings.templates, find_language(settings.language)
    except UsageError:  # of another version: the problems, at least, are known
        texts, language = Templates(), find_language("python")
    known = played.intersection(problems.ids)
    return {name: describe(visible_in(problems[name], language), texts) for name in known}


def settings_of(run: Run) -> Settings:
    """What the run depended on.

    Raises:
        UsageError: ``run.json`` does not say it, or in terms that this version does not know.
    """
    try:
        return Settings.from_dict(run.about["settings"])
    except UsageError as error:
        raise UsageError(f"run.json of {run.name}: {error}") from None
    except (KeyError, TypeError, AttributeError):
        raise UsageError(f"expected settings that this version knows in run.json of {run.name}, got others") from None


def need_problems(run: Run, given: ProblemSet | None) -> ProblemSet:
    """The problem set of a run, or the one that was given for it.

    Raises:
        UsageError: it is not to be found, or the given one lacks a problem of the run.
    """
    problems = find_problems(run) if given is None else given
    if problems is None:
        raise UsageError(
            f"expected the problem set {run.problem_set('name')!r} of the run {run.name} as it was played, found it "
            "not; name it with --problems and --path"
        )
    missing = {row.problem_id for row in run.rows}.difference(problems.ids)
    if missing:
        raise UsageError(
            f"expected the problem set of the run {run.name}, got one without the problem {min(missing)!r}"
        )
    return problems
