"""codegym.datasets.yaml_reader: fields of a stranger's document, each complaint with file, line and field."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from codegym.datasets.yaml_reader import Fields, parse
from codegym.errors import ProblemError

ONE_SENTENCE = re.compile(r"f\.yaml:(?P<line>\d+): (field (?P<field>[^\n]+?): )?expected [^\n]+, got [^\n]+")


def complaint(text: str, use: Callable[[Fields], object] = lambda fields: None) -> tuple[int, str, str]:
    """Line, field and whole text of the one-sentence complaint about a document."""
    with pytest.raises(ProblemError) as caught:
        use(parse(text, "f.yaml"))
    message = str(caught.value)
    match = ONE_SENTENCE.fullmatch(message)
    assert match, message[:300]
    assert len(message) < 500
    return int(match["line"]), match["field"] or "", message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n\n", 1),
        ("# only a comment\n", 1),
        ("--- \n", 1),
        ("hello", 1),
        ("null", 1),
        ("- a: 1\n", 1),
        ("[a, b]", 1),
        ("!!set {a, b}", 1),
        ("a: 1\nb: [1\nc: 2\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\nb: 'x\n", 3),
        ("a: 1\na b\n", 3),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: @x\n", 2),
        ("a: 1\nb: %x\n", 2),
        ('a: 1\nb: "\\ud800"\n', 2),
        ('a: 1\nb: "\\q"\n', 2),
        ("a: 1\n? [x]\n: 2\n", 2),
        ("a: 1\n? {x: y}\n: 2\n", 2),
        ("a: 1\na: 2\n", 2),
        ('a: 1\n"a": 2\n', 2),
        ("a: 1\nb: &x 1\nc: *x\n", 3),
        ("a: 1\nb: *nowhere\n", 2),
        ("a: 1\n*x : 2\n", 2),
        ("a: &x [*x]\n", 1),
        ("a: 1\nb: 2 \x00\n", 2),
        ("a: 1\nb: 2 \x1b\n", 2),
    ],
    ids=lambda value: repr(value) if isinstance(value, str) else None,
)
def test_no_document_but_one_mapping_is_read(text: str, line: int) -> None:
    """Anything but one well-formed mapping without aliases is refused, with the line where the trouble is."""
    assert complaint(text)[0] == line


TAGS = [
    "!!python/object/apply:os.system",
    "!!python/object/new:os.system",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/tuple",
    "!own",
    "!<tag:example.org,2024:x>",
]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize(
    "text",
    [
        "a: {tag} text\n",
        "a: {tag} [text]\n",
        "a: {tag} {{x: y}}\n",
        "a: [{{x: {tag} [y]}}]\n",
        "a:\n  - {tag} {{x: y}}\n",
        "{tag} a: 1\n",
        "{tag}\na: 1\n",
        "--- {tag} {{a: 1}}\n",
    ],
    ids=["value", "list", "mapping", "deep", "item", "key", "document-before", "document"],
)
def test_tags_are_refused(tag: str, text: str) -> None:
    """A tag of Python's or of one's own is an error wherever it stands, also on a mapping that is read by fields."""

    def read_all(fields: Fields) -> None:
        """As a loader would: by fields where the document has mappings, else as data."""
        if fields.is_mapping("a"):
            fields.mapping("a").read("x", str)
        elif "\n  - " in text:
            [item.read("x", str) for item in fields.items("a")]
        else:
            fields.read("a", str)

    complaint(text.format(tag=tag), read_all)


def test_nothing_is_executed(tmp_path: Path) -> None:
    """A document that asks for a command to be run leaves no trace of it."""
    trace = tmp_path / "trace"
    text = f"a: !!python/object/apply:os.system ['touch {trace}']\n"
    complaint(text, lambda fields: fields.read("a", str))
    assert not trace.exists()


@pytest.mark.parametrize(
    "value",
    ["[" * 300 + "]" * 300, "[" * 900 + "]" * 900, "[" * 10**6, "{a: " * 10**4 + "}" * 10**4, "\n  " + "- " * 10**5],
    ids=["300", "900", "open", "mappings", "dashes"],
)
def test_deep_nesting_is_refused(value: str) -> None:
    """A document nested so deeply that reading it could break the interpreter is an ordinary complaint."""
    complaint(f"a: {value}\n", lambda fields: fields.texts("a", pattern=re.compile("x"), wanted="words"))


def test_alias_bomb_is_refused_before_it_grows() -> None:
    """Nine lines of aliases that would be 10**9 items are refused at the first alias."""
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    line, _, message = complaint("\n".join(lines))
    assert (line, "alias *a0" in message) == (2, True)


@pytest.mark.parametrize("text", ["a: !!int abc\n", "a: !!float x\n", "a: !!timestamp x\n", "a: !!bool x\n"], ids=repr)
def test_values_that_belie_their_tag_are_refused(text: str) -> None:
    """A tag of YAML's own on a value that is none of that kind gives the one sentence too."""
    complaint(text, lambda fields: fields.read("a", str))


@pytest.mark.parametrize("text", ["a: 2 * 3\n", "a: '*x'\n", "a: |\n  *x\n", "a: &x 1\n"], ids=repr)
def test_stars_in_text_are_no_aliases(text: str) -> None:
    """Text with a star, and an anchor that nothing refers to, are fine."""
    assert parse(text, "f.yaml").has("a")


@pytest.mark.parametrize("text", ["a: 1\x00", "a: [1\n", "a: &x 1\nb: *x\n", "", "a: !x 1\n"], ids=repr)
def test_pure_python_loader_gives_the_same_errors(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML has no C loader, a malformed document is a ProblemError just the same."""
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    complaint(text, lambda fields: fields.read("a", str))


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("&*!|>%@`:-?[]{}#\"'\n\t "), max_size=30))
def test_any_text_parses_or_raises_problem_error(text: str) -> None:
    """Whatever a file holds, the only complaint is a ProblemError that begins with the file's name."""
    try:
        fields = parse(text, "f.yaml")
        fields.finish()
    except ProblemError as error:
        assert str(error).startswith("f.yaml:")  # noqa: PT017


DOCUMENT = """\
text: hello
blank: "  "
number: 5
float: 1.5
nan: .nan
inf: .inf
negative: -1
huge: 1{zeros}
date: 2024-01-31
bad_date: 2024-99-99
yes: true
list: [a, b]
items: [{{x: 1}}, 5]
map: {{x: 1}}
nothing:
""".format(zeros="0" * 5000)


def integer(fields: Fields, key: str) -> Any:
    return fields.integer(key, least=2, most=9)


def texts(fields: Fields, key: str) -> Any:
    return fields.texts(key, pattern=re.compile("[a-z]"), wanted="letters")


WRONG_TYPES: list[tuple[Callable[[Fields, str], Any], str]] = [
    (Fields.text, "blank number float yes list map nothing date bad_date huge absent"),
    (Fields.number, "text nan negative yes list map nothing date bad_date huge absent"),
    (integer, "text float inf negative yes list nothing huge absent"),
    (Fields.boolean, "text number nothing list absent"),
    (texts, "text number items map nothing absent"),
    (Fields.items, "text number map nothing list items absent"),
    (Fields.mapping, "text number list items nothing absent"),
    (lambda fields, key: fields.choice(key, ("a", "b")), "text number list map nothing yes absent"),
]


@pytest.mark.parametrize(
    ("read", "key"),
    [(read, key) for read, keys in WRONG_TYPES for key in keys.split()],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_each_reader_refuses_other_types(read: Callable[[Fields, str], Any], key: str) -> None:
    """A value of another type, out of range, or absent is refused in one sentence with its own line and field."""
    line, field, _ = complaint(DOCUMENT, lambda fields: read(fields, key))
    keys = [text.partition(":")[0] for text in DOCUMENT.splitlines()]
    assert field.partition("[")[0] == key
    assert line == (keys.index(key) + 1 if key in keys else 1)


def test_fields_inside_are_named_by_their_path() -> None:
    """A complaint about an inner field names the whole path and the inner field's line."""
    text = "a:\n  - b: 1\n  - b:\n      c: 2\n"
    line, field, _ = complaint(text, lambda fields: fields.items("a")[1].mapping("b").text("c"))
    assert (line, field) == (4, "a[1].b.c")


@pytest.mark.parametrize(
    ("key", "shown"),
    [("extra", "extra"), ("1", "1"), ("<<", "<<"), ('"a\\nb"', ""), ("x" * 900, ""), ('"é"', "é")],
    ids=["word", "number", "merge", "line-break", "long", "accent"],
)
def test_unknown_fields_are_errors(key: str, shown: str) -> None:
    """A field that nobody asks for is refused by name and line, in one bounded line whatever its name."""

    def use(fields: Fields) -> None:
        assert fields.integer("a", least=1) == 1
        fields.finish()

    line, field, _ = complaint(f"a: 1\n{key}: {{}}\n", use)
    assert line == 2
    assert shown in field


def test_loader_is_never_the_unsafe_one() -> None:
    """Reading works with PyYAML's unsafe loaders gone: they are not used."""
    code = (
        "import yaml\n"
        "for name in ('Loader', 'FullLoader', 'UnsafeLoader', 'CLoader', 'CFullLoader', 'CUnsafeLoader'):\n"
        "    yaml.__dict__.pop(name, None)\n"
        "from codegym.datasets.yaml_reader import parse\n"
        "print(parse('a: x', 'f').text('a'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "x\n")
