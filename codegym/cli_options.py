"""Options that several commands have, and how they print JSON."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

ProblemsOption = Annotated[
    str, typer.Option("--problems", help="NAME or NAME:SPLIT of a problem set, or a folder or file of problems.")
]
PathOption = Annotated[
    Path | None, typer.Option("--path", help="Where the named set's files lie, if not where it is published.")
]
SandboxOption = Annotated[str, typer.Option("--sandbox", help="auto, docker, bubblewrap, landlock, ray or http.")]
WorkersOption = Annotated[int | None, typer.Option("--workers", min=1, help="Boxes at work at once; one a core.")]
LanguageOption = Annotated[str, typer.Option("--language", help="What programs are in: python, cpp, cpp20, ...")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
SourceArgument = Annotated[
    str, typer.Argument(help="NAME or NAME:SPLIT of a problem set, or a folder or file of problems.")
]


def print_json(data: Any) -> None:
    """Print for programs."""
    print(json.dumps(data, indent=2))
