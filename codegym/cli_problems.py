"""The commands ``codegym problems``."""

from pathlib import Path
from typing import Annotated

import typer

from codegym.cli_options import (
    JsonOption,
    PathOption,
    ProblemsOption,
    SandboxOption,
    SourceArgument,
    WorkersOption,
    print_json,
)
from codegym.tables import print_problems

problems_app = typer.Typer(help="List, show and check problems.", no_args_is_help=True)


@problems_app.command("list")
def list_problems(source: SourceArgument = "builtin", path: PathOption = None, as_json: JsonOption = False) -> None:
    """List problems."""
    from codegym.datasets import load_problems

    problems = load_problems(source, path)
    rows = [
        {
            "id": p.id,
            "title": p.title,
            "kind": p.kind,
            "difficulty": p.difficulty,
            "tags": list(p.tags),
            "public_tests": len(p.public_tests),
            "private_tests": len(p.private_tests),
            "starter": p.starter is not None,
            "programs": len(p.programs),
        }
        for p in problems
    ]
    if as_json:
        print_json(rows)
        return
    print_problems(rows)


@problems_app.command("show")
def show_problem(
    problem_id: str, source: ProblemsOption = "builtin", path: PathOption = None, as_json: JsonOption = False
) -> None:
    """Show a problem as an agent sees it."""
    from codegym.datasets import load_problems
    from codegym.feedback import describe

    problem = load_problems(source, path)[problem_id]
    text = describe(problem.visible)
    if as_json:
        print_json({"id": problem.id, "title": problem.title, "kind": problem.kind, "observation": text})
    else:
        print(text, end="")


@problems_app.command("check")
def check(
    source: SourceArgument = "builtin",
    path: PathOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many problems, drawn by the seed.")] = None,
    programs: Annotated[int | None, typer.Option(min=1, help="Only so many programs a problem and label.")] = None,
    timeouts: Annotated[int, typer.Option(min=1, help="Give a program up after so many tests timed out.")] = 3,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    require: Annotated[
        list[str] | None, typer.Option(help="NAME=NUMBER: a criterion other than usual, see docs/audit.md.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the audit; runs/TIME-check by default for data sets.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the audit in --out.")] = False,
    allow: Annotated[Path | None, typer.Option(help="Write the ids of problems that pass to this file.")] = None,
    sandbox: SandboxOption = "auto",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure in the sandbox how far problems can be trusted: whether their programs get the verdicts that they say.

    Exit status 1 if a problem does not pass.
    """
    from codegym.audit.criteria import Criteria
    from codegym.audit.measure import Sampling
    from codegym.audit.run import Plan
    from codegym.check_command import Request, check_set
    from codegym.datasets import load_problems

    plan = Plan(limit, Sampling(programs, seed, timeouts))
    criteria = Criteria.read(require or ())
    request = Request(plan, criteria, folder, resume, allow, sandbox, workers, as_json)
    passed, shown = check_set(load_problems(source, path), request)
    if as_json:
        print_json(shown)
    raise typer.Exit(0 if passed else 1)
