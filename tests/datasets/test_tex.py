"""codegym.datasets.tex: statements in TeX become Markdown that says the same."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.datasets.tex import title, to_markdown


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ("\\section*{Input}\nOne.", "## Input\n\nOne.\n"),
        ("a % remark\nb 50\\% c", "a b 50% c\n"),
        ("$a_1 \\le 10^{5}$ and $$x--y$$", "$a_1 \\le 10^{5}$ and $$x--y$$\n"),
        ("price \\$5 and $n$ and \\$6", "price $5 and $n$ and $6\n"),
        ("\\textbf{bold $x$} \\emph{so} \\texttt{a b}", "**bold $x$** *so* `a b`\n"),
        ("``quoted'' pages 1--2 --- so\\ldots", '"quoted" pages 1\u20132 \u2014 so...\n'),
        ("\\begin{itemize}\n\\item one\n\\item two\n\\end{itemize}", "- one\n\n- two\n"),
        ("\\begin{enumerate}\\item one\\end{enumerate}", "1. one\n"),
        ("\\begin{verbatim}\n% \\textbf{x}  $y\n\\end{verbatim}", "```\n% \\textbf{x}  $y\n```\n"),
        ("\\verb|a%b| c", "`a%b` c\n"),
        ("see \\url{x.y/z} or \\href{x.y}{here}", "see <x.y/z> or [here](x.y)\n"),
        ("\\illustration{0.5}{cat.png}{A cat}", "(Picture cat.png: A cat)\n"),
        ("\\begin{Output}\nTwo.\n\\end{Output}", "## Output\n\nTwo.\n"),
        ("\\unknown{thing} \\begin{tabular}{ll} a & b \\end{tabular}",
         "\\unknown{thing} \\begin{tabular}{ll} a & b \\end{tabular}\n"),
        ("a~b\\\\c", "a b\nc\n"),
    ],
)  # fmt: skip
def test_commands_become_markdown(source: str, markdown: str) -> None:
    """Known commands become Markdown; formulas, code and unknown commands stay."""
    assert to_markdown(source).replace("\n\n\n", "\n\n") == markdown


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("\\problemname{A \\emph{B}}\ntext", "A *B*"),
        ("%% plainproblemname: A B\n\\problemname{$A$}", "A B"),
        ("\\problemname\ntext", ""),
    ],
)
def test_the_title_is_found(source: str, name: str) -> None:
    """A plain name in a comment goes before the command's."""
    assert title(source) == name
    assert "problemname" not in to_markdown(source)


@given(st.text(st.sampled_from("\\{}$%&~-`'\n\0 abeginitemtfx[]*|0"), max_size=80))
def test_any_text_is_converted(source: str) -> None:
    """No text, however broken, is too much; words in it stay."""
    assert "word7" in to_markdown("word7 " + source)


def test_broken_statements_take_no_long_time() -> None:
    """What is opened many times and never closed is passed in time that is linear or nearly so."""
    pieces = ("\\textbf{", "$", "$x", "\\begin{itemize}", "{", "\\verb|", "\\begin{verbatim}", "\\[", "\\(", "$$ a ")
    started = time.process_time()
    for piece in (
        *pieces,
        "%",
        "\\\\[",
        "`",
        " ",
        "\\includegraphics[",
        "\\begin{figure}[",
        "\\emph{{b}",
        "\\item",
        "-",
        "\n",
    ):
        to_markdown("x" + piece * (200_000 // len(piece)) + "x")
    assert time.process_time() - started < 20
