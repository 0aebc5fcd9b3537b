"""Reading fields of a YAML document with complaints that name file, line and field."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from codegym.errors import ProblemError
from codegym.values import show

_LARGEST = 64 << 20
_LARGEST_NUMBER = 1e15


def parse(text: str, file: str) -> "Fields":
    """The fields of a document that is one mapping.

    Aliases are refused (they can make a small file expand without bound), and so are tags.

    Raises:
        ProblemError: it is no such document.
    """
    import yaml

    if len(text) > _LARGEST:
        raise ProblemError(f"{file}: expected a problem file of at most {_LARGEST} characters, got {len(text)}")
    try:
        _refuse_aliases_and_tags(text, file)
        loader = _loader()(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ProblemError(f"{file}:1: expected a mapping of fields, got {_kind(node)}")
        return Fields(file, "", node, loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).partition("\n")[0]
        raise ProblemError(f"{file}:{line}: expected YAML, got a syntax error: {reason}") from None
    except RecursionError:
        raise ProblemError(f"{file}: expected YAML, got one that is nested too deeply") from None


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _refuse_aliases_and_tags(text: str, file: str) -> None:
    import yaml

    for event in yaml.parse(text, Loader=_loader()):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise ProblemError(f"{file}:{line}: expected data written out, got the alias *{str(event.anchor)[:60]}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise ProblemError(f"{file}:{line}: expected data without tags, got the tag {_shown(tag)}")


def _refuse_twins(node: Any) -> None:
    """Complain of a key that stands twice in a mapping, at any depth."""
    if _kind(node) == "a list":
        for item in node.value:
            _refuse_twins(item)
    elif _kind(node) == "a mapping":
        seen = set()
        for key, value in node.value:
            name = (key.tag, str(key.value))
            if name in seen:
                raise ValueError(f"expected each key once, got {_shown(key.value)} twice")
            seen.add(name)
            _refuse_twins(value)


def _kind(node: Any) -> str:
    return {"MappingNode": "a mapping", "SequenceNode": "a list", "ScalarNode": "a single value"}.get(
        type(node).__name__, "nothing"
    )


class Fields:
    """One mapping of the document. Each field is asked for once; :meth:`finish` complains of those left.

    Args:
        file: for messages.
        path: of the mapping in the document, for messages.
        node: YAML's node of it.
        loader: constructs plain data of a node.
    """

    def __init__(self, file: str, path: str, node: Any, loader: Any) -> None:
        self.file = file
        self._path = path
        self._node = node
        self._loader = loader
        self._fields: dict[str, Any] = {}
        self._asked: list[str] = []
        for key, value in node.value:
            if not isinstance(getattr(key, "value", None), str):
                raise ProblemError(f"{file}:{key.start_mark.line + 1}: expected a field's name, got {_kind(key)}")
            if key.value in self._fields:
                raise ProblemError(
                    f"{file}:{key.start_mark.line + 1}: field {path}{_name(key.value)}: expected it once, got it twice"
                )
            self._fields[key.value] = (key, value)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, in order."""
        return tuple(self._fields)

    def place(self, key: str) -> str:
        """``file:line: field name: `` for a message."""
        node = self._fields[key][0] if key in self._fields else self._node
        name = f"{self._path}{_name(key)}".rstrip(".")
        return f"{self.file}:{node.start_mark.line + 1}: field {name}: "

    def complaint(self, key: str, expected: str, got: str) -> ProblemError:
        """The error to raise for a field."""
        return ProblemError(f"{self.place(key)}expected {expected}, got {got}")

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        self._asked.append(key)
        return key in self._fields

    def is_mapping(self, key: str) -> bool:
        """Whether the field's value is a mapping."""
        return _kind(self._value(key)) == "a mapping"

    def finish(self) -> None:
        """Complain of a field that nobody asked for."""
        for key in self._fields:
            if key not in self._asked:
                known = ", ".join(dict.fromkeys(self._asked))
                raise ProblemError(f"{self.place(key)}expected one of the known fields ({known}), got an unknown one")

    def mapping(self, key: str) -> "Fields":
        """The field's value, a mapping."""
        node = self._value(key)
        if _kind(node) != "a mapping":
            raise self.complaint(key, "a mapping", _kind(node))
        return Fields(self.file, f"{self._path}{key}.", node, self._loader)

    def items(self, key: str) -> "list[Fields]":
        """The field's value, a list of mappings."""
        node = self._value(key)
        if _kind(node) != "a list":
            raise self.complaint(key, "a list", _kind(node))
        items = []
        for number, item in enumerate(node.value):
            if _kind(item) != "a mapping":
                line = item.start_mark.line + 1
                raise ProblemError(
                    f"{self.file}:{line}: field {self._path}{key}[{number}]: expected a mapping, got {_kind(item)}"
                )
            items.append(Fields(self.file, f"{self._path}{key}[{number}].", item, self._loader))
        return items

    def read(self, key: str, convert: Callable[[Any], Any]) -> Any:
        """The field's value, as ``convert`` makes it of plain data (ValueError is its complaint)."""
        import yaml

        node = self._value(key)
        try:
            _refuse_twins(node)
            data = self._loader.construct_object(node, deep=True)
        except RecursionError:
            raise self.complaint(key, "plain data", "data nested too deeply") from None
        except (yaml.YAMLError, ValueError, TypeError, OverflowError, KeyError, AttributeError) as error:
            if str(error).startswith("expected each key"):
                raise ProblemError(f"{self.place(key)}{error}") from None
            raise self.complaint(key, "plain data", f"{_shown(node.value)}, which YAML cannot read") from None
        try:
            return convert(data)
        except RecursionError:
            raise self.complaint(key, "plain data", "data nested too deeply") from None
        except ValueError as error:
            raise ProblemError(f"{self.place(key)}{error}") from None

    def text(self, key: str, *, pattern: re.Pattern[str] | None = None, wanted: str = "text") -> str:
        """The field's value, text that is not blank."""
        value = self.read(key, lambda data: data)
        if not isinstance(value, str) or not value.strip() or (pattern and not pattern.fullmatch(value)):
            raise self.complaint(key, wanted, _shown(value))
        return value

    def texts(self, key: str, *, pattern: re.Pattern[str], wanted: str) -> list[str]:
        """The field's value, a list of texts."""
        values = self.read(key, lambda data: data)
        if not isinstance(values, list):
            raise self.complaint(key, f"a list of {wanted}", _shown(values))
        for value in values:
            if not isinstance(value, str) or not pattern.fullmatch(value):
                raise self.complaint(key, f"a list of {wanted}", _shown(value))
        return values

    def choice(self, key: str, known: Sequence[str]) -> str:
        """The field's value, one of ``known``."""
        value = self.read(key, lambda data: data)
        if value not in known:
            raise self.complaint(key, f"one of {', '.join(known)}", _shown(value))
        return str(value)

    def number(self, key: str) -> float:
        """The field's value, a number that is not negative."""
        value = self.read(key, lambda data: data)
        if type(value) not in (int, float) or not 0 <= value < _LARGEST_NUMBER:
            wanted = f"a number from 0 to {_LARGEST_NUMBER:.0e} (with a point before any exponent)"
            raise self.complaint(key, wanted, _shown(value))
        return float(value)

    def integer(self, key: str, *, least: int, most: int | None = None) -> int:
        """The field's value, a whole number."""
        value = self.read(key, lambda data: data)
        if type(value) is not int or value < least or (most is not None and value > most):
            upto = "" if most is None else f" and at most {most}"
            raise self.complaint(key, f"a whole number, at least {least}{upto}", _shown(value))
        return value

    def boolean(self, key: str) -> bool:
        """The field's value, true or false."""
        value = self.read(key, lambda data: data)
        if type(value) is not bool:
            raise self.complaint(key, "true or false", _shown(value))
        return value

    def _value(self, key: str) -> Any:
        if not self.has(key):
            raise ProblemError(f"{self.place(key)}expected this field, got none")
        return self._fields[key][1]


def _name(key: str) -> str:
    """A field's name for a message; a strange one in quotes."""
    return key if not key or (key.isidentifier() and len(key) <= 60) else _shown(key)


def _shown(value: object) -> str:
    text = show(value)
    return text if len(text) <= 60 else text[:57] + "..."
