"""The command line: commands only, no logic.

Exit status: 0 for done, 1 for "it ran, and the answer is no", 2 for what could not be done as asked.
"""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from codegym.cli_bench import bench
from codegym.cli_options import JsonOption, LanguageOption, PathOption, ProblemsOption, SandboxOption, print_json
from codegym.cli_problems import problems_app
from codegym.cli_report import export, report
from codegym.cli_serve import serve
from codegym.errors import CodegymError, UsageError
from codegym.tables import out, print_judgement
from codegym.version import __version__

app = typer.Typer(
    name="codegym",
    help="A Gymnasium environment for code synthesis with execution feedback.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
sandbox_app = typer.Typer(help="Build and test sandboxes.", no_args_is_help=True)
app.add_typer(problems_app, name="problems")
app.command()(serve)
app.add_typer(sandbox_app, name="sandbox")
app.command("bench")(bench)
app.command("report")(report)
app.command("export")(export)


def main() -> NoReturn:
    """Run a command; every error that is ours is one sentence."""
    try:
        app(standalone_mode=True)
    except CodegymError as error:
        _complain(str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # whoever read our output has left
            sys.stderr.close()
            sys.exit(141)
        _complain(f"expected to read and write files, got: {error}")
    except KeyboardInterrupt:
        print("codegym: interrupted", file=sys.stderr)
        sys.exit(130)
    sys.exit(0)


def _complain(sentence: str) -> NoReturn:
    print(f"codegym: {sentence}", file=sys.stderr)
    sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"codegym {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A Gymnasium environment for code synthesis with execution feedback."""


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Say which sandboxes work here, why the others do not, and which protections are in force."""
    from codegym.sandbox.factory import survey

    found = survey()
    usable = next((kind for kind, (protections, _) in found.items() if protections), None)
    if as_json:
        kinds = {k: {"works": p is not None, "protections": dict(p or {}), "reason": r} for k, (p, r) in found.items()}
        print_json({"codegym": __version__, "auto": usable, "sandboxes": kinds})
    else:
        for kind, (protections, reason) in found.items():
            out.print(f"{kind}: {'works' if protections else 'does not work here'}", style="bold")
            for name, words in (protections or {"reason": reason}).items():
                out.print(f"  {name}: {words}")
        out.print(f"--sandbox auto takes {usable}." if usable else "No sandbox works here.")
    raise typer.Exit(0 if usable else 1)


@app.command("judge")
def judge_program(
    problem_id: str,
    file: Annotated[Path, typer.Argument(help="The program; - for standard input.")],
    source: ProblemsOption = "builtin",
    path: PathOption = None,
    split: Annotated[str, typer.Option(help="public, private or both.")] = "both",
    language: Annotated[
        str | None, typer.Option(help="python, cpp, cpp20, ...; by default by the file's name.")
    ] = None,
    sandbox: SandboxOption = "auto",
    as_json: JsonOption = False,
) -> None:
    """Judge a program on a problem's tests. Exit status 1 if it is not accepted."""
    from codegym.datasets import load_problems
    from codegym.judge import judge
    from codegym.languages import language_of
    from codegym.sandbox import make_sandbox

    problem = load_problems(source, path)[problem_id]
    program = _read_program(file)
    with make_sandbox(sandbox, workers=1) as box:
        judgement = judge(program, problem, sandbox=box, split=split, language=language or language_of(file.name))  # type: ignore[arg-type]
    if as_json:
        results = [
            {
                "split": r.split,
                "verdict": str(r.verdict),
                "cpu_s": r.cpu_s,
                "wall_s": r.wall_s,
                "memory_bytes": r.memory_bytes,
            }
            for r in judgement.results
        ]
        verdict = str(judgement.verdict)
        print_json({"problem": problem.id, "accepted": judgement.accepted, "verdict": verdict, "results": results})
    else:
        print_judgement(judgement)
    raise typer.Exit(0 if judgement.accepted else 1)


def _read_program(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"expected a readable program, got {file}: {error.strerror}") from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"expected a program in UTF-8, got {file} with other bytes at offset {error.start}") from None


@app.command()
def play(
    problem_id: Annotated[str | None, typer.Argument(help="Which problem; by default one is drawn.")] = None,
    source: ProblemsOption = "builtin",
    path: PathOption = None,
    file: Annotated[Path | None, typer.Option("--file", help="Edit this file instead of typing programs.")] = None,
    turns: Annotated[int, typer.Option(min=1)] = 3,
    language: LanguageOption = "python",
    sandbox: SandboxOption = "auto",
) -> None:
    """Play an episode yourself: read the problem, answer with a program, see the feedback."""
    from codegym.play import play_episode

    solved = play_episode(
        problem_id, source=source, path=path, file=file, turns=turns, language=language, sandbox=sandbox
    )
    raise typer.Exit(0 if solved else 1)


@sandbox_app.command("build")
def build(base: Annotated[str | None, typer.Option(help="Base image with python3.")] = None) -> None:
    """Build the Docker image of the boxes ahead of their first use."""
    from codegym.sandbox.engine import connect
    from codegym.sandbox.image import build_image, default_base

    client = connect()
    print(f"building on {base or default_base()} ...", file=sys.stderr)
    print(build_image(client, base))


@sandbox_app.command("selftest")
def selftest(sandbox: SandboxOption = "auto") -> None:
    """Hold a sandbox against the contract that every backend must meet."""
    from codegym.sandbox import make_sandbox
    from codegym.sandbox.conformance import CHECKS

    failed = 0
    with make_sandbox(sandbox, workers=1) as box:
        for check in CHECKS:
            try:
                check(box)
            except AssertionError as error:
                failed += 1
                print(f"no   {check.__name__.replace('_', ' ')}: {str(error)[:500]}")
            else:
                print(f"yes  {check.__name__.replace('_', ' ')}")
        print(f"{box.kind}: {len(CHECKS) - failed} of {len(CHECKS)} checks passed")
    raise typer.Exit(1 if failed else 0)


if __name__ == "__main__":
    main()
