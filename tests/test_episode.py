"""codegym.episode: a record is one line of JSON that comes back as it was, or one sentence says why not."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegym.episode import FORMAT, Episode, TurnRecord, final_verdict, turn_record
from codegym.errors import UsageError

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
VERDICTS = st.lists(st.sampled_from(["accepted", "wrong_answer", "skipped"]), max_size=3).map(tuple)
TURNS = st.builds(
    TurnRecord,
    answer=ANY_TEXT,
    program=ANY_TEXT,
    verdict=ANY_TEXT,
    public_verdicts=VERDICTS,
    feedback=ANY_TEXT,
    reward=FINITE,
)
EPISODES = st.builds(
    Episode,
    problem_id=ANY_TEXT,
    difficulty=ANY_TEXT,
    rollout=st.integers(0),
    turns=st.lists(TURNS, max_size=3).map(tuple),
    solved=st.booleans(),
    verdict=ANY_TEXT,
    private_verdicts=VERDICTS,
    error=ANY_TEXT,
    seconds=FINITE,
)
TURN = TurnRecord("answer", "program", "accepted", ("accepted",), "told", 1.0)
ONE = Episode("p", "easy", 2, (TURN,), True, "accepted", ("accepted",), "", 0.5)


@given(EPISODES)
@example(Episode("lone \ud800, and two that are no pair: \ud83d\ude00"))
@example(Episode("a\u2028b\x85c\nd\re\x00f"))
@example(Episode("p", seconds=5e-324, turns=(TurnRecord("", "", "", (), "", -0.0),)))
def test_records_come_back_as_they_were(episode: Episode) -> None:
    """Any text, surrogates and line breaks included, and any finite number survives writing and reading."""
    assert Episode.from_json(episode.to_json()) == episode


@given(EPISODES)
def test_a_record_is_one_line_of_ascii(episode: Episode) -> None:
    """Nothing in a record breaks its line, by any reader's notion of a line, or needs an encoding."""
    line = episode.to_json()
    assert line.isascii()
    assert line.splitlines() == [line]


def test_format_is_written() -> None:
    """Each line says which format it is of."""
    assert json.loads(ONE.to_json())["format"] == FORMAT


def changed(**changes: Any) -> str:
    return json.dumps({**json.loads(ONE.to_json()), **changes})


def without(key: str) -> str:
    data = json.loads(ONE.to_json())
    del data[key]
    return json.dumps(data)


def changed_turn(**changes: Any) -> str:
    return changed(turns=[{**json.loads(ONE.to_json())["turns"][0], **changes}])


BAD = {
    "empty": "",
    "words": "hello",
    "cut": ONE.to_json()[:-5],
    "two": ONE.to_json() * 2,
    "list": "[]",
    "null": "null",
    "number": "1",
    "text": '"x"',
    "nothing": "{}",
    "deep": "[" * 100_000,
    "deep-closed": "[" * 100_000 + "]" * 100_000,
    "huge-number": changed().replace("0.5", "1" * 5000),
    "no-format": without("format"),
    "later-format": changed(format=FORMAT + 1),
    "format-text": changed(format=str(FORMAT)),
    "no-id": without("problem_id"),
    "no-turns": without("turns"),
    "extra": changed(extra=1),
    "turns-null": changed(turns=None),
    "turns-text": changed(turns="ab"),
    "turns-of-numbers": changed(turns=[1]),
    "turn-empty": changed(turns=[{}]),
    "turn-extra": changed_turn(extra=1),
    "turn-answer": changed_turn(answer=5),
    "turn-program": changed_turn(program=None),
    "turn-reward": changed_turn(reward="much"),
    "turn-verdicts": changed_turn(public_verdicts="ok"),
    "id-number": changed(problem_id=5),
    "rollout-text": changed(rollout="x"),
    "solved-text": changed(solved="no"),
    "seconds-text": changed(seconds="x"),
    "verdicts-text": changed(private_verdicts="abc"),
    "verdicts-number": changed(private_verdicts=5),
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_other_lines_are_refused_in_one_sentence(line: str) -> None:
    """A line that is no record, or has a field of another type, is a UsageError in one short sentence."""
    with pytest.raises(UsageError, match=r"\Aexpected an episode record[^\n]*, got [^\n]+\Z") as caught:
        Episode.from_json(line)
    assert len(str(caught.value)) < 200


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_a_record_or_a_usage_error(line: str) -> None:
    """Whatever a file holds, reading a line raises UsageError and nothing else."""
    with pytest.raises(UsageError):
        Episode.from_json(line)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf], ids=str)
def test_no_record_holds_what_json_cannot(number: float) -> None:
    """A number that is none in JSON is never written into a record; a turn's reward becomes 0."""
    observation = {"dialogue": ({"program": "p", "feedback": "f"},)}
    info = {"verdict": "wrong_answer", "public": {"verdicts": ("wrong_answer",)}}
    assert turn_record("a", observation, number, info).reward == 0.0
    with pytest.raises(ValueError, match="JSON compliant"):
        Episode("p", seconds=number).to_json()


def test_turn_record_is_of_the_last_turn() -> None:
    """The record holds the whole answer, and program and feedback of the dialogue's last turn."""
    dialogue = ({"program": "first", "feedback": "f1"}, {"program": "second", "feedback": "f2"})
    info = {"verdict": "wrong_answer", "public": {"verdicts": ("accepted", "wrong_answer")}}
    record = turn_record("say: second", {"dialogue": dialogue}, -1.0, info)
    assert record == TurnRecord("say: second", "second", "wrong_answer", ("accepted", "wrong_answer"), "f2", -1.0)


@pytest.mark.parametrize(
    ("public", "private", "final"),
    [
        ("accepted", "accepted", "accepted"),
        ("accepted", "time_limit_exceeded", "time_limit_exceeded"),
        ("wrong_answer", "accepted", "wrong_answer"),
        ("runtime_error", "wrong_answer", "runtime_error"),
    ],
)
def test_final_verdict_is_of_the_first_failure(public: str, private: str, final: str) -> None:
    """The public tests come first; only where they are all passed do the private ones decide."""
    assert final_verdict({"verdict": public, "private": {"verdict": private}}) == final
