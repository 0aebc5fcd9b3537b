"""Problem statements in TeX as Markdown that reads well, by a modest conversion.

Formulas stay as they are, between dollars. Headings, lists, emphasis, code, quotes, links, dashes and escapes become
Markdown; pictures become a note of their name; what is not known here (tables, macros) stays as in the source.
"""

import re

_ARGUMENT = r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
_STARTS = re.compile(
    r"(?P<code>\\begin\{(?P<name>verbatim|lstlisting)\}(?:\[[^\]\n]{0,200}\])?\n?)"
    r"|(?P<word>\\verb\*?(?P<mark>[^\w\s*]))"
    r"|(?P<formula>\$\$|\$|\\\[|\\\()"
    r"|(?P<comment>%[^\n]*\n?)"
    r"|\\."
)
"""Code and formulas, which are kept as they are; comments; and other commands, so that ``\\%`` starts nothing."""
_ENDS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_INLINE_END = re.compile(r"(?:\\.|[^$\\])*\$", re.DOTALL)
_PLACE = re.compile("\0([0-9]+)\0")
_COMMANDS: tuple[tuple[str, str], ...] = (
    # (a command with its arguments, what it becomes)
    (rf"\\problemname{_ARGUMENT}", ""),
    (r"\\problemname\b", ""),
    (rf"\\(?:sub)?subsection\*?{_ARGUMENT}", r"\n\n### \1\n\n"),
    (rf"\\section\*?{_ARGUMENT}", r"\n\n## \1\n\n"),
    (rf"\\illustration{_ARGUMENT}{_ARGUMENT}{_ARGUMENT}", r"\n\n(Picture \2: \3)\n\n"),
    (rf"\\includegraphics(?:\[[^\]\n]{{0,200}}\])?{_ARGUMENT}", r"(Picture \1)"),
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
    (r"\\begin\{(?:figure|wrapfigure)\}(?:\[[^\]\n]{0,200}\]|\{[^{}\n]{0,200}\}){0,5}", "\n\n"),
    (r"\\(?:noindent|centering|medskip|bigskip|smallskip|newpage|clearpage|par|bf|it|tt|small|large)\b *", ""),
    (r"\\(?:nextsample|remainingsamples)\b", ""),
    (r"\\(?:ldots|dots|textellipsis)\b(?:\{\})?", "..."),
    (r"\\textbackslash\b(?:\{\})? ?", r"\\"),
    (r"\\\\(?:\[[^\]\n]{0,20}\])?", "\n"),
    (r"---", "\u2014"),
    (r"(?<!-)--(?!-)", "\u2013"),
    (r"``|''|<<|>>", '"'),
    (r"(?<!\\)~", " "),
    (r"\\([%$&#_{}])", r"\1"),
    (r"\\[,; ]", " "),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in _COMMANDS)
_LISTS = re.compile(r"\\begin\{(itemize|enumerate)\}(?:\[[^\]\n]{0,200}\])?|\\end\{(?:itemize|enumerate)\}|\\item\b *")
_TITLE = re.compile(rf"\\problemname{_ARGUMENT}")
_PLAIN_TITLE = re.compile(r"^%+ *plainproblemname: *(.+)$", re.MULTILINE)


def title(source: str) -> str:
    """The problem's name as its statement gives it; empty if it does not."""
    found = _PLAIN_TITLE.search(source) or _TITLE.search(source)
    return to_markdown(found[1]).strip() if found else ""


def to_markdown(source: str) -> str:
    """The text of a statement's body."""
    kept: list[str] = []
    text = _listed(_cut(source.replace("\0", ""), kept))
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    text = _PLACE.sub(lambda found: kept[int(found[1])], text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _cut(source: str, kept: list[str]) -> str:
    """The source without comments, and with a mark in place of each piece that is kept."""
    parts: list[str] = []
    missing: set[str] = set()
    at = 0
    while found := _STARTS.search(source, at):
        parts.append(source[at : found.start()])
        at = found.end()
        if found["comment"]:
            continue
        whole, inner = _kept(source, found, missing)
        if whole:
            at = found.start() + whole
            kept.append(inner)
            parts.append(f"\0{len(kept) - 1}\0")
        else:
            parts.append(found[0])
    return "".join([*parts, source[at:]])


def _kept(source: str, found: re.Match[str], missing: set[str]) -> tuple[int, str]:
    """Length and Markdown of a piece that is kept; 0 where it has no end, or is another command."""
    start, inside = found.start(), found.end()
    if found["formula"] == "$":
        end = _INLINE_END.match(source, inside)
        return (end.end() - start, source[start : end.end()]) if end else (0, "")
    if found["word"]:
        line = source.find("\n", inside)
        close = source.find(found["mark"], inside, line if line >= 0 else len(source))
        return (close + 1 - start, f"`{source[inside:close]}`") if close >= 0 else (0, "")
    if not found["code"] and not found["formula"]:
        return 0, ""
    ending = f"\\end{{{found['name']}}}" if found["code"] else _ENDS[found["formula"]]
    close = -1 if ending in missing else source.find(ending, inside)
    if close < 0:
        missing.add(ending)
        return 0, ""
    whole = close + len(ending) - start
    return whole, f"\n```\n{source[inside:close].rstrip()}\n```\n" if found["code"] else source[start : start + whole]


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
