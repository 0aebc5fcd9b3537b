"""The commands ``codegym report`` and ``codegym export``."""

import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

from codegym.cli_options import JsonOption, PathOption, print_json
from codegym.errors import UsageError

RunsArgument = Annotated[list[Path], typer.Argument(metavar="RUN", help="Folders of runs.")]
GivenProblems = Annotated[
    str | None, typer.Option("--problems", help="The runs' problem set, if it is not found by what they say.")
]

KINDS = {
    "chat": ("datasets", "export"),
    "preference": ("datasets", "export"),
    "tensorboard": ("tensorboardX", "export"),
    "inspect": ("inspect_ai", "inspect"),
}
"""What runs can be exported to: the library that writes it, and the extra that it comes with."""


def report(
    runs: RunsArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; that of a single run, else runs/TIME-report.")
    ] = None,
    n: Annotated[str | None, typer.Option("--n", help="Submissions of each n@k, as in 1,10.")] = None,
    k: Annotated[str | None, typer.Option("--k", help="Samples of each n@k, as in 3,100; every turn is one.")] = None,
    source: GivenProblems = None,
    path: PathOption = None,
    episodes: Annotated[bool, typer.Option(help="Have the episodes in the page.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Sum up runs, and compare them with the first: tables, figures, and a page to look at episodes with."""
    from codegym.datasets import load_problems
    from codegym.report import load_runs, make_report, write_report
    from codegym.report.results import plain
    from codegym.report.write import MISSING, can_make_page
    from codegym.running import new_folder
    from codegym.tables import print_tables

    made = make_report(load_runs(runs), _pairs(n, k))
    problems = load_problems(source, path) if source else None
    folder = out or (runs[0] if len(runs) == 1 else new_folder("report"))
    files = write_report(made, folder, problems=problems, episodes=episodes)
    if not can_make_page():
        print(f"codegym: {MISSING}", file=sys.stderr)
    if as_json:
        print_json({**made.as_dict(), "files": {name: str(file) for name, file in files.items()}})
        return
    print_tables(made.tables, made.warnings)
    print(f"written to {', '.join(plain(file, 4096) for file in files.values())}")


def _pairs(n: str | None, k: str | None) -> list[tuple[int, int]]:
    if n is None and k is None:
        return []
    try:
        submitted, drawn = ([int(number) for number in (text or "").split(",")] for text in (n, k))
    except ValueError:
        raise UsageError(
            f"expected --n and --k as numbers with commas, as in 1,10 and 3,100, got {n} and {k}"
        ) from None
    if len(submitted) != len(drawn):
        raise UsageError(f"expected as many numbers in --n as in --k, got {n} and {k}")
    return list(zip(submitted, drawn, strict=True))


def export(
    runs: RunsArgument,
    to: Annotated[str, typer.Option("--to", help=f"{', '.join(KINDS)}.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder.")],
    solved: Annotated[bool, typer.Option("--solved", help="Of chats only those that are solved.")] = False,
    step: Annotated[int, typer.Option(min=0, help="For tensorboard: at which step the numbers stand.")] = 0,
    source: GivenProblems = None,
    path: PathOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export runs: as a data set of chats or of preferences, as TensorBoard scalars, or as logs of Inspect AI."""
    from codegym.datasets import load_problems
    from codegym.export import export_chat, export_inspect, export_preferences, export_tensorboard
    from codegym.report import load_runs

    if to not in KINDS:
        raise UsageError(f"expected --to {', '.join(KINDS)}, got {to!r}")
    library, extra = KINDS[to]
    if importlib.util.find_spec(library) is None:
        raise UsageError(f"expected {library} for --to {to}, got none; install it with 'pip install codegym[{extra}]'")
    if solved and to != "chat":
        raise UsageError(f"expected --solved with --to chat, got {to!r}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"expected a new folder for --out, got {out}, which is there")
    found = load_runs(runs)
    problems = load_problems(source, path) if source else None
    if to == "chat":
        count = export_chat(found, out, problems=problems, solved=solved)
    elif to == "preference":
        count = export_preferences(found, out, problems=problems)
    elif to == "tensorboard":
        count = export_tensorboard(found, out, step=step)
    else:
        count = export_inspect(found, out, problems=problems)
    if as_json:
        print_json({"to": to, "out": str(out), "count": count})
    else:
        print(f"{count} {'scalars' if to == 'tensorboard' else 'rows'} written to {out}")
