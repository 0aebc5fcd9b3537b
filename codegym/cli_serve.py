"""``codegym serve``."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from codegym.cli_options import PathOption, ProblemsOption, SandboxOption, WorkersOption
from codegym.errors import UsageError


def serve(
    host: Annotated[str, typer.Option(help="Where to listen; anything but this machine needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8000,
    source: ProblemsOption = "builtin",
    path: PathOption = None,
    sandbox: SandboxOption = "auto",
    workers: WorkersOption = None,
    token_file: Annotated[
        Path | None, typer.Option(help="File with the token that clients must know; else CODEGYM_TOKEN.")
    ] = None,
    at_once: Annotated[int | None, typer.Option(min=1, help="Requests at work at once; as many as workers.")] = None,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait; those beyond get 429.")] = 256,
    body_mb: Annotated[int, typer.Option(min=1, help="Megabytes of one request.")] = 64,
    sessions: Annotated[int, typer.Option(min=1, help="Episodes at once.")] = 256,
    idle_s: Annotated[float, typer.Option(help="Seconds until an episode that nobody steps is given up.")] = 600.0,
    drain_s: Annotated[float, typer.Option(help="Seconds that requests get to end when the server does.")] = 30.0,
) -> None:
    """Serve judging, running and episodes over HTTP, until Ctrl-C or SIGTERM."""
    try:
        from codegym.server.app import make_app
        from codegym.server.serve import listening_socket
        from codegym.server.serve import serve as serve_until_told
    except ImportError as error:
        raise UsageError(f"expected the packages of the server, got {error}; pip install 'codegym[server]'") from None
    from codegym.datasets import load_problems
    from codegym.sandbox import make_sandbox
    from codegym.sandbox.factory import try_out
    from codegym.server.settings import ServerSettings

    settings = ServerSettings(
        host=host,
        port=port,
        token=_token(token_file),
        at_once=at_once,
        queue=queue,
        body_bytes=body_mb << 20,
        bodies_bytes=max(4 * body_mb, 256) << 20,
        sessions=sessions,
        idle_s=idle_s,
        drain_s=drain_s,
    )
    problems = load_problems(source, path)
    logging.basicConfig(level=logging.WARNING, format="codegym: %(message)s")
    with listening_socket(settings) as listener, make_sandbox(sandbox, workers=workers) as box:
        try_out(box)
        there, number = listener.getsockname()[:2]
        place = f"[{there}]:{number}" if ":" in there else f"{there}:{number}"

        def ready() -> None:
            words = f"codegym: serving {len(problems)} problems of {problems.name} with {box.kind} at http://{place}"
            print(words, file=sys.stderr, flush=True)

        serve_until_told(make_app(problems, box, settings), settings, listener, ready)
    print("codegym: the server has ended", file=sys.stderr)


def _token(file: Path | None) -> str:
    if file is None:
        return os.environ.get("CODEGYM_TOKEN", "")
    try:
        token = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"expected a file with a token, got {file}: {error}") from None
    if not token:
        raise UsageError(f"expected a token in {file}, got an empty file")
    return token
