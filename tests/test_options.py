"""Tests of codegym.bench.options and settings: what models are asked, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from codegym.bench.options import FENCED, Connection, Sampling, load_templates, read_text
from codegym.bench.settings import Settings, default_extract
from codegym.errors import ProblemError, UsageError


@pytest.mark.parametrize(
    "bad",
    [
        *({"temperature": value} for value in (-0.1, float("nan"), float("inf"))),
        *({"top_p": value} for value in (0, 1.1, float("nan"))),
        {"max_tokens": 0},
        *({"templates": value} for value in ({"colour": "red"}, {"failures": "8"}, {"retry": 7}, {"retry": "{x}"})),
    ],
    ids=str,
)
def test_sampling_that_is_none_is_refused(bad: dict[str, Any]) -> None:
    """Numbers out of range and templates with unknown fields are UsageErrors."""
    with pytest.raises(UsageError, match="expected"):
        Sampling(**bad)


@pytest.mark.parametrize("bad", [{"retries": -1}, {"batch": 0}, {"timeout_s": 0}, {"timeout_s": float("nan")}], ids=str)
def test_a_connection_that_is_none_is_refused(bad: dict[str, Any]) -> None:
    """Negative retries, empty batches and no time are UsageErrors."""
    with pytest.raises(UsageError, match="expected retries"):
        Connection(**bad)


def test_templates_are_a_file(tmp_path: Path) -> None:
    """A YAML file's fields take the place of the usual texts, and of none else."""
    file = tmp_path / "t.yaml"
    file.write_text("answer: Only code.\nfailures: 2\n")
    settings = Settings("openai:m", sampling=Sampling(templates=load_templates(file)))
    assert (settings.templates.answer, settings.templates.failures) == ("Only code.", 2)
    assert settings.templates.retry == Settings("oracle").templates.retry


@pytest.mark.parametrize("text", [b"- a\n", b"a: [", b"colour: red\n", b"retry: 7\n", b"retry: '{x}'\n", b"\xff"])
def test_a_file_that_is_no_templates_is_refused(tmp_path: Path, text: bytes) -> None:
    """Bad YAML, unknown fields and bytes are told with the file's name."""
    file = tmp_path / "t.yaml"
    file.write_bytes(text)
    with pytest.raises((UsageError, ProblemError), match=r"t\.yaml"):
        load_templates(file)
    with pytest.raises(UsageError, match=r"expected a system message in UTF-8, got .*missing"):
        read_text(tmp_path / "missing", "a system message")


def test_chat_agents_are_asked_for_a_fenced_block_that_is_then_taken() -> None:
    """Models answer in prose with the last fenced block; other agents answer with programs, as they are."""
    assert [default_extract(name) for name in ("openai:m", "hf:p", "oracle", "command:x")] == [
        "last",
        "last",
        "raw",
        "raw",
    ]
    assert Settings("openai:m", extract="last").templates.answer == FENCED.format("Python 3")
    plain = Settings("oracle").templates.answer
    assert {
        Settings(name, extract=e).templates.answer for name, e in (("openai:m", "raw"), ("python:a:b", "last"))
    } == {plain}


def test_settings_round_trip() -> None:
    """What a run writes down of its settings gives the same settings again."""
    settings = Settings("openai:m", 5, 2, "none", seed=3, sampling=Sampling(0.5, system="s", templates={"failures": 1}))
    assert Settings.from_dict(settings.as_dict()) == settings
