"""What is asked of agents that are models: how to sample, what to say, and how to reach them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from codegym.datasets.yaml_reader import parse
from codegym.errors import UsageError
from codegym.feedback import Templates
from codegym.languages import find_language
from codegym.process import templates_in

FENCED = "Answer with one whole {} program, in a fenced code block."
"""How chat agents are asked to answer: programs are taken from fenced blocks."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What an agent's answers depend on. Not every agent takes each of them.

    Attributes:
        temperature: of sampling; None for the model's default.
        top_p: share of probability that is sampled from; None for the model's default.
        max_tokens: of one answer; None for the model's default.
        system: text of a system message; empty for none.
        templates: fields of :class:`~codegym.feedback.Templates` in place of their defaults.
        body: further fields of each request to an endpoint.
        send_seed: whether requests to an endpoint have a seed, :attr:`Context.seed`; not all servers take one.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    system: str = ""
    templates: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    send_seed: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that are none."""
        if self.temperature is not None and not 0 <= self.temperature <= 100:
            raise UsageError(f"expected a temperature of at least 0, got {self.temperature}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise UsageError(f"expected top-p above 0 and at most 1, got {self.top_p}")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise UsageError(f"expected max-tokens of at least 1, got {self.max_tokens}")
        read_templates(self.templates)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Connection:
    """How an agent is reached; its answers do not depend on it, so a run may go on with another one.

    Attributes:
        base_url: of an endpoint; None for ``OPENAI_BASE_URL``, or else the client's own.
        retries: of a request that failed with 429, 5xx, a time-out or a broken connection, with back-off.
        timeout_s: seconds until a request is given up.
        batch: questions at once, for local models.
    """

    base_url: str | None = None
    retries: int = 10
    timeout_s: float = 300.0
    batch: int = 8

    def __post_init__(self) -> None:
        """Refuse numbers that are none."""
        if self.retries < 0 or self.batch < 1 or not 0 < self.timeout_s <= 86400:
            raise UsageError(
                "expected retries of at least 0, a batch of at least 1 and a time-out above 0 s and up to a day, "
                f"got {self.retries}, {self.batch} and {self.timeout_s}"
            )
        if self.base_url:
            check_url(self.base_url)


def check_url(url: str) -> None:
    """Refuse an address that is none of an endpoint.

    Raises:
        UsageError: it is none.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"expected an endpoint such as http://127.0.0.1:8000/v1, got {url!r}")


def is_chat(agent: str) -> bool:
    """Whether an agent of this name is a chat model, whose program stands in a fenced block of its answer."""
    return agent.partition(":")[0] in ("openai", "hf")


def templates_for(agent: str, extract: str, given: Mapping[str, Any], language: str = "python") -> Templates:
    """The texts that an agent reads, where its programs are extracted as ``extract`` says."""
    spoken = find_language(language)
    fenced = is_chat(agent) and extract != "raw"
    answer = FENCED.format(spoken.title) if fenced else templates_in(spoken).answer
    return read_templates({"answer": answer, **given})


def read_templates(given: Mapping[str, Any]) -> Templates:
    """Templates with some fields in place of their defaults.

    Raises:
        UsageError: there is no such field, or a value is not what it must be.
    """
    known = [field.name for field in fields(Templates)]
    for name, value in given.items():
        if name not in known:
            raise UsageError(f"expected templates among {', '.join(known)}, got {name!r}")
        kind = type(getattr(Templates(), name))
        if type(value) is not kind:
            raise UsageError(f"expected template {name!r} to be {kind.__name__}, got {type(value).__name__}")
    return Templates(**given)


def read_text(path: Path, what: str) -> str:
    """The text of a file.

    Raises:
        UsageError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"expected {what} in UTF-8, got {path}: {error}") from None


def load_templates(path: Path) -> dict[str, Any]:
    """The fields of a YAML file of templates.

    Raises:
        UsageError: it cannot be read, or has fields that templates do not have.
    """
    file = parse(read_text(path, "a file of templates"), str(path))
    given = {name: file.read(name, lambda value: value) for name in file.names}
    try:
        read_templates(given)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    return given
