"""Problem statements in TeX as Markdown that reads well, by a modest conversion.

Formulas stay as they are, between dollars. Headings, lists, emphasis, code, quotes, links, dashes and escapes become
Markdown; pictures become a note of their name; what is not known here (tables, macros) stays as in the source.
"""

import re

_ARGUMENT = r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*\n?")
_KEPT = re.compile(
    r"\\begin\{(verbatim|lstlisting)\}(?:\[[^\]]*\])?\n?(.*?)\\end\{\1\}"  # code
    r"|\\verb\*?([^\w\s])(.*?)\3"
    r"|(?<!\\)(\$\$.*?\$\$|\$(?:\\.|[^$\\])*\$|\\\[.*?\\\]|\\\(.*?\\\))",  # formulas
    re.DOTALL,
)
_PLACE = re.compile("\0([0-9]+)\0")
_COMMANDS: tuple[tuple[str, str], ...] = (
    # (a command with its arguments, what it becomes)
    (rf"\\problemname{_ARGUMENT}", ""),
    (r"\\problemname\b", ""),
    (rf"\\(?:sub)?subsection\*?{_ARGUMENT}", r"\n\n### \1\n\n"),
    (rf"\\section\*?{_ARGUMENT}", r"\n\n## \1\n\n"),
    (rf"\\illustration{_ARGUMENT}{_ARGUMENT}{_ARGUMENT}", r"\n\n(Picture \2: \3)\n\n"),
    (rf"\\includegraphics(?:\[[^\]]*\])?{_ARGUMENT}", r"(Picture \1)"),
    (rf"\\(?:textbf|bf){_ARGUMENT}", r"**\1**"),
    (rf"\\(?:emph|textit|textsl|it|underline){_ARGUMENT}", r"*\1*"),
    (rf"\\(?:texttt|t|tt){_ARGUMENT}", r"`\1`"),
    (rf"\\(?:textsc|textrm|textsf|mbox|small|text){_ARGUMENT}", r"\1"),
    (rf"\\href{_ARGUMENT}{_ARGUMENT}", r"[\2](\1)"),
    (rf"\\url{_ARGUMENT}", r"<\1>"),
    (rf"\\(?:label|vspace\*?|hspace\*?|usepackage|InputFile|OutputFile){_ARGUMENT}", ""),
    (r"\\begin\{(Input|Output|Interaction)\}", r"\n\n## \1\n\n"),
    (r"\\InputFile\b", "\n\n## Input\n\n"),
    (r"\\OutputFile\b", "\n\n## Output\n\n"),
    (r"\\end\{(?:Input|Output|Interaction|itemize|enumerate|center|quote|quotation|figure|wrapfigure)\}", "\n\n"),
    (r"\\begin\{(?:center|quote|quotation)\}", "\n\n"),
    (r"\\begin\{(?:figure|wrapfigure)\}(?:\[[^\]]*\]|\{[^{}]*\})*", "\n\n"),
    (r"\\(?:noindent|centering|medskip|bigskip|smallskip|newpage|clearpage|par|bf|it|tt|small|large)\b *", ""),
    (r"\\(?:nextsample|remainingsamples)\b", ""),
    (r"\\(?:ldots|dots|textellipsis)\b(?:\{\})?", "..."),
    (r"\\textbackslash\b(?:\{\})? ?", r"\\"),
    (r"\\\\(?:\[[^\]]*\])?", "\n"),
    (r"---", "\u2014"),
    (r"(?<!-)--(?!-)", "\u2013"),
    (r"``|''|<<|>>", '"'),
    (r"(?<!\\)~", " "),
    (r"\\([%$&#_{}])", r"\1"),
    (r"\\[,; ]", " "),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in _COMMANDS)
_LISTS = re.compile(r"\\begin\{(itemize|enumerate)\}(?:\[[^\]]*\])?|\\end\{(?:itemize|enumerate)\}|\\item\b *")
_TITLE = re.compile(rf"\\problemname{_ARGUMENT}")
_PLAIN_TITLE = re.compile(r"^%+ *plainproblemname: *(.+)$", re.MULTILINE)


def title(source: str) -> str:
    """The problem's name as its statement gives it; empty if it does not."""
    found = _PLAIN_TITLE.search(source) or _TITLE.search(source)
    return to_markdown(found[1]).strip() if found else ""


def to_markdown(source: str) -> str:
    """The text of a statement's body."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        code, word, formula = found[2], found[4], found[5]
        text = formula if formula is not None else f"`{word}`" if code is None else f"\n```\n{code.rstrip()}\n```\n"
        kept.append(text)
        return f"\0{len(kept) - 1}\0"

    text = _KEPT.sub(keep, _without_comments(source.replace("\0", "")))
    text = _listed(text)
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = _PLACE.sub(lambda found: kept[int(found[1])], text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _without_comments(source: str) -> str:
    parts = re.split(
        r"(\\begin\{(?:verbatim|lstlisting)\}.*?\\end\{(?:verbatim|lstlisting)\})", source, flags=re.DOTALL
    )
    return "".join(part if number % 2 else _COMMENT.sub(r"\1", part) for number, part in enumerate(parts))


def _listed(text: str) -> str:
    """Items of lists as lines of Markdown."""
    open_lists: list[str] = []

    def replace(found: re.Match[str]) -> str:
        if found[1]:
            open_lists.append(found[1])
        elif found[0].startswith("\\end"):
            if open_lists:
                open_lists.pop()
            return found[0]
        elif open_lists:
            mark = "-" if open_lists[-1] == "itemize" else "1."
            return "\n" + "  " * (min(len(open_lists), 9) - 1) + mark + " "
        return "\n"

    return _LISTS.sub(replace, text)
