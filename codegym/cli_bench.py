"""The command ``codegym bench``: its options."""

from pathlib import Path
from typing import Annotated, Any

import typer

from codegym.cli_options import (
    JsonOption,
    LanguageOption,
    PathOption,
    ProblemsOption,
    SandboxOption,
    WorkersOption,
    print_json,
)

AGENTS = "oracle, wrong, starter, repair, replay:FILE, python:MODULE:OBJECT, openai:MODEL, hf:PATH or command:WORDS."
_RUN, _MODEL, _MANY = "What is run", "Agents that are models", "Several runs"


def bench(
    context: typer.Context,
    agent: Annotated[str | None, typer.Option(help=AGENTS)] = None,
    source: ProblemsOption = "builtin",
    path: PathOption = None,
    allow: Annotated[Path | None, typer.Option(help="Only the problems of this list of `problems check`.")] = None,
    difficulty: Annotated[str | None, typer.Option(help="Only easy, medium or hard problems.")] = None,
    turns: Annotated[int, typer.Option(min=1, help="Turns an episode, at most.")] = 3,
    rollouts: Annotated[int, typer.Option(min=1, help="Episodes a problem.")] = 1,
    feedback: Annotated[
        str, typer.Option(help="all_failures, first_failure, all_tests, none or random.")
    ] = "all_failures",
    extract: Annotated[
        str | None,
        typer.Option(
            help="raw: the answer is the program; first or last: its fenced block. By default last for openai and hf."
        ),
    ] = None,
    language: LanguageOption = "python",
    seed: Annotated[int, typer.Option(min=0)] = 0,
    n: Annotated[str, typer.Option("--n", help="Programs submitted, for n@k, with commas: 1,10.")] = "1",
    k: Annotated[str, typer.Option("--k", help="Programs sampled, for n@k, one for each n; by default --turns.")] = "",
    sandbox: SandboxOption = "auto",
    distributed: Annotated[
        bool,
        typer.Option(
            "--distributed",
            help="Play whole episodes on the nodes of the Ray cluster that RAY_ADDRESS names, each with --sandbox and "
            "--workers of its own; without RAY_ADDRESS, on a Ray of our own here.",
        ),
    ] = False,
    workers: WorkersOption = None,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Episodes at once; as many as workers.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the run; runs/TIME-AGENT by default.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    system: Annotated[Path | None, typer.Option(help="File with the system message.", rich_help_panel=_MODEL)] = None,
    template: Annotated[
        Path | None, typer.Option(help="YAML file with texts in place of the usual ones.", rich_help_panel=_MODEL)
    ] = None,
    temperature: Annotated[float | None, typer.Option(rich_help_panel=_MODEL)] = None,
    top_p: Annotated[float | None, typer.Option(rich_help_panel=_MODEL)] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Of an answer.", rich_help_panel=_MODEL)] = None,
    body: Annotated[
        str, typer.Option(help="Further fields of each request to an endpoint, as JSON.", rich_help_panel=_MODEL)
    ] = "{}",
    send_seed: Annotated[
        bool, typer.Option("--send-seed", help="Send a seed with each request.", rich_help_panel=_MODEL)
    ] = False,
    base_url: Annotated[
        str | None, typer.Option(help="Of the endpoint; OPENAI_BASE_URL by default.", rich_help_panel=_MODEL)
    ] = None,
    retries: Annotated[int, typer.Option(min=0, help="Of a request that failed.", rich_help_panel=_MODEL)] = 10,
    timeout: Annotated[float, typer.Option(help="Seconds for a request.", rich_help_panel=_MODEL)] = 300.0,
    batch: Annotated[int, typer.Option(min=1, help="Questions at once, for hf.", rich_help_panel=_MODEL)] = 8,
    rejudge: Annotated[
        Path | None,
        typer.Option(help="Judge the answers of this run again, without an agent.", rich_help_panel=_MANY),
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(help="YAML file of agents, feedback modes, turns and problem sets.", rich_help_panel=_MANY),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Benchmark an agent, and keep every episode as it ends.

    The key of an endpoint is OPENAI_API_KEY of the environment. Exit status 1 if episodes failed through our fault.
    """
    if agent is None and rejudge is None and matrix is None:
        raise typer.BadParameter("expected a name (or --rejudge RUN, or --matrix FILE), got none", param_hint="--agent")
    from codegym import bench_command as command
    from codegym import bench_request as asked
    from codegym.bench.options import Connection, Sampling, load_templates, read_text
    from codegym.bench.source import Source

    sampling = Sampling(
        temperature=temperature,
        top_p=top_p,
        max_tokens=max_tokens,
        system=read_text(system, "a system message") if system else "",
        templates=load_templates(template) if template else {},
        body=asked.read_body(body),
        send_seed=send_seed,
    )
    request = asked.Request(
        agent=agent,
        source=Source(source, path, allow, difficulty),
        turns=turns,
        rollouts=rollouts,
        feedback=feedback,
        extract=extract,
        language=language,
        seed=seed,
        pairs=asked.read_pairs(n, k or str(turns)),
        sampling=sampling,
        connection=Connection(base_url, retries, timeout, batch),
        sandbox=sandbox,
        distributed=distributed,
        workers=workers,
        concurrency=concurrency,
        out=folder,
        resume=resume,
        as_json=as_json,
    )
    given = {
        name
        for name in context.params
        if (found := context.get_parameter_source(name)) is not None and found.name == "COMMANDLINE"
    }
    passed, shown = _chosen(command, request, rejudge, matrix, given)
    if as_json:
        print_json(shown)
    raise typer.Exit(0 if passed else 1)


def _chosen(command: Any, request: Any, rejudge: Path | None, matrix: Path | None, given: set[str]) -> tuple[bool, Any]:
    """Run what is asked for."""
    from codegym import bench_request as asked

    if matrix is not None:
        asked.refuse(given, "--matrix", asked.MATRIX_TAKES)
        return command.bench_matrix(request, matrix)  # type: ignore[no-any-return]
    if rejudge is not None:
        asked.refuse(given, "--rejudge", asked.REJUDGE_TAKES)
        return command.bench_again(request, rejudge, given)  # type: ignore[no-any-return]
    return command.bench_agent(request)  # type: ignore[no-any-return]
