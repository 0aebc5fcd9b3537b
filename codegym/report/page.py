"""The report as one HTML file that needs no other: tables, figures, and a browser of episodes.

The page's own style and script are the only ones that its security policy lets run, by their hashes.
"""

import base64
import hashlib
import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from codegym.report.browser import episode_parts, index, pack, statement_parts
from codegym.report.figures import COLOURS, MISSING, MOST_RUNS, Figure, can_draw, draw_figures
from codegym.report.results import Table, plain
from codegym.report.summary import Summary
from codegym.version import __version__

_HERE = Path(__file__).resolve().parent


def write_page(
    file: Path,
    summaries: Sequence[Summary],
    tables: Sequence[Table],
    warnings: Sequence[str],
    statements: Mapping[str, str] | None = None,
    *,
    episodes: bool = True,
) -> None:
    """Write the page.

    Args:
        file: where.
        summaries: the runs.
        tables: what was found.
        warnings: what must be said first.
        statements: of the problems that could be loaded.
        episodes: whether it has the episodes.

    Raises:
        ImportError: there is no jinja2.
    """
    runs = [summary.run for summary in summaries]
    found = index(runs, statements or {}) if episodes else None
    figures = draw_figures(summaries) if can_draw() else []
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8").replace("/*COLOURS*/{}", json.dumps(COLOURS))
    jinja2: Any = importlib.import_module("jinja2")
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    head = room.get_template("page.html.j2").render(
        title=", ".join(plain(run.name) for run in runs[:MOST_RUNS]) + (" and more" if len(runs) > MOST_RUNS else ""),
        version=__version__,
        style=style,
        style_hash=_digest(style),
        script=script,
        script_hash=_digest(script),
        tables=tables,
        warnings=warnings,
        figures=[_embedded(figure) for figure in figures],
        figures_note=_figures_note(summaries),
        abouts=[(run.name, json.dumps(run.about, indent=2)) for run in runs],
        index=pack(found) if found else "",
    )
    with file.open("w", encoding="utf-8", errors="replace") as out:
        out.write(head)
        if found:
            for name, parts in (
                ("statements", statement_parts(found["problems"], statements or {})),
                ("episodes", episode_parts(runs)),
            ):
                for number, part in enumerate(parts):
                    out.write(f'\n<script type="application/octet-stream" id="{name}-{number}">{part}</script>')
        out.write("\n</body>\n</html>\n")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(figure: Figure) -> Figure:
    light, dark = (base64.b64encode(svg.encode()).decode() for svg in (figure.light, figure.dark))
    return replace(figure, light=light, dark=dark)


def _figures_note(summaries: Sequence[Summary]) -> str:
    if not can_draw():
        return MISSING.capitalize() + "."
    return f"Figures are of the first {MOST_RUNS} runs." if len(summaries) > MOST_RUNS else ""
