"""Tests of codegym.progress: what is said of a run while it lasts."""

import pytest

from codegym.episode import Episode, TurnRecord
from codegym.progress import BenchBar, Tally, interval

TURN = TurnRecord("a", "p", "accepted", ("accepted",), "f", 1.0, prompt_tokens=1500, completion_tokens=20)
SOLVED = Episode("p", turns=(TURN,), solved=True, verdict="accepted")
FAILED = Episode("p", error="no box")


def test_a_tally_has_solved_with_interval_failures_and_tokens() -> None:
    """Failed episodes count as nothing but failures."""
    tally = Tally()
    assert str(tally) == ""
    for episode in (SOLVED, Episode("q", verdict="wrong_answer"), FAILED):
        tally.add(episode)
    assert str(tally) == "solved 50.0% (9% to 91%), 1 failed, 1.5k tokens in, 20 out"


@pytest.mark.parametrize(("solved", "of"), [(0, 1), (1, 1), (0, 1000), (500, 1000), (1000, 1000)])
def test_an_interval_holds_the_share(solved: int, of: int) -> None:
    """It lies within 0 and 1, has the share in it, and is never empty."""
    low, high = interval(solved, of)
    assert 0 <= low <= solved / of <= high <= 1
    assert low < high


def test_without_a_terminal_a_line_is_printed_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a log there are lines with the number done, the rate, the time left and the tally, and no drawing."""
    monkeypatch.setattr("codegym.progress.LINE_EVERY_S", 0.0)
    with BenchBar("who[red]") as bar:
        bar.begin(4, [SOLVED])
        bar.ended(SOLVED)
        bar.ended(FAILED)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(",")[0] for line in lines] == ["who[red]: 2 of 4", "who[red]: 3 of 4"]
    assert all(word in lines[1] for word in ("left", "solved 100.0%", "1 failed", "tokens"))


def test_a_quiet_bar_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing at all is printed where JSON is."""
    monkeypatch.setattr("codegym.progress.LINE_EVERY_S", 0.0)
    with BenchBar("who", quiet=True) as bar:
        bar.begin(1, [])
        bar.ended(SOLVED)
    assert capsys.readouterr().err == ""
