"""Tests of what is read of a run folder."""

import re
from pathlib import Path

import pytest

from codegym.errors import UsageError
from codegym.report import load_run, load_runs
from codegym.report.runs import LONGEST, PAIRS
from tests.runs import CRASH, PASS, WRONG, episode, failed, turn, write_run


def test_an_episode_that_was_played_again_counts_once(tmp_path: Path) -> None:
    """Of several records of a rollout the one that ended is taken, whatever their order."""
    good = episode("a", WRONG, PASS)
    for order in ([failed("a"), good], [good, failed("a")], [failed("a"), failed("a"), good, good]):
        run = load_run(write_run(tmp_path, order))
        assert (len(run.rows), run.errors) == (1, 0)
        assert [whole for _, whole in run.episodes()] == [good]


def test_episodes_are_in_order_of_problem_and_rollout(tmp_path: Path) -> None:
    """The order in which episodes ended, which concurrency decides, does not show."""
    given = [episode(name, PASS, rollout=number) for number in (10, 2, 0) for name in ("b", "a")]
    run = load_run(write_run(tmp_path, given))
    assert [(row.problem_id, row.rollout) for row in run.rows] == [(n, r) for n in "ab" for r in (0, 2, 10)]
    assert [(whole.problem_id, whole.rollout) for _, whole in run.episodes()] == [
        (n, r) for n in "ab" for r in (0, 2, 10)
    ]


def test_the_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    """A last line without its end is no record, and the others are read."""
    path = write_run(tmp_path, [episode("a", PASS), episode("b", PASS)]) / "episodes.jsonl"
    whole = path.read_bytes()
    for cut in (1, 40, len(whole) // 2 - 1):
        path.write_bytes(whole[:-cut])
        assert [row.problem_id for row in load_run(tmp_path).rows] == ["a"]


@pytest.mark.parametrize("spoilt", [b"{}\n", b"\n", b"\xff\xfe\n", b'{"format": 2}\n', b"[" * 100_000 + b"\n"])
def test_a_spoilt_line_is_named(tmp_path: Path, spoilt: bytes) -> None:
    """Anything that is no record is complained of with its file and line."""
    path = write_run(tmp_path, [episode("a", PASS)]) / "episodes.jsonl"
    path.write_bytes(path.read_bytes() + spoilt)
    with pytest.raises(UsageError, match=r"episodes\.jsonl:2: expected an episode record"):
        load_run(tmp_path)


def test_an_ended_episode_without_a_turn_is_named(tmp_path: Path) -> None:
    """A record that says that it ended and has no turn contradicts itself."""
    with pytest.raises(UsageError, match=r"episodes\.jsonl:1: expected an episode that ended to have a turn"):
        load_run(write_run(tmp_path, [episode("a")]))


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", "1" + "0" * 400])
@pytest.mark.parametrize("field", ["seconds", "reward", "rollout", "prompt_tokens"])
def test_numbers_that_are_none_are_named(tmp_path: Path, field: str, number: str) -> None:
    """What Python takes for numbers and no sum can be made with is no record."""
    path = write_run(tmp_path, [episode("a", PASS)]) / "episodes.jsonl"
    path.write_text(re.sub(f'"{field}": [0-9.]+', f'"{field}": {number}', path.read_text()))
    with pytest.raises(UsageError, match=r"episodes\.jsonl:1: expected "):
        load_run(tmp_path)


@pytest.mark.parametrize("turns", [10**18, -1, 0, "3", None, True])
def test_turns_are_those_of_the_episodes_where_the_run_says_nonsense(tmp_path: Path, turns: object) -> None:
    """A number of turns that cannot be is passed over."""
    assert load_run(write_run(tmp_path, [episode("a", WRONG, PASS)], settings={"turns": turns})).turns == 2
    assert load_run(write_run(tmp_path, [episode("a", WRONG, PASS)], settings={"turns": 5})).turns == 5
    assert load_run(write_run(tmp_path, [], settings=None)).turns == 1


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    """No folder, no episodes, no runs and one twice are one sentence each."""
    run = write_run(tmp_path / "run", [episode("a", PASS)])
    with pytest.raises(UsageError, match=r"expected a run folder with run\.json"):
        load_run(tmp_path / "none")
    with pytest.raises(UsageError, match="expected each run once"):
        load_runs([run, run / ".." / "run"])
    with pytest.raises(UsageError, match="expected at least one run"):
        load_runs([])
    (run / "episodes.jsonl").unlink()
    with pytest.raises(UsageError, match=r"expected a run folder with episodes\.jsonl"):
        load_run(run)


def test_runs_have_names_of_their_own(tmp_path: Path) -> None:
    """Folders of one name are told apart by what they lie in, and if need be by number."""
    paths = [write_run(tmp_path / name / "run", []) for name in ("a", "b", "c/a")]
    assert [run.name for run in load_runs(paths[:2])] == ["a/run", "b/run"]
    assert len({run.name for run in load_runs(paths)}) == 3
    assert load_runs(paths[:1])[0].name == "run"


def test_programs_that_pass_count_where_it_is_known_whether_they_solve(tmp_path: Path) -> None:
    """With feedback `none` a program that passes in between counts only if it is the last one too."""
    same = turn(PASS, "print(2)\n")
    rows = load_run(
        write_run(
            tmp_path,
            [
                episode("a", WRONG, PASS),
                episode("b", WRONG, PASS, solved=False),
                episode("c", same, turn(WRONG, "no"), same),
                episode("d", turn(PASS, "other"), same),
                episode("e", turn(PASS, "other"), turn(CRASH, "no")),
            ],
        )
    ).rows
    assert [(row.passing, row.solving) for row in rows] == [(1, 1), (1, 0), (2, 2), (1, 1), (0, 0)]
    assert [row.goes_on for row in rows] == [False, False, True, True, True]


def test_a_sample_of_programs_is_kept_and_no_more(tmp_path: Path) -> None:
    """However many pairs there are, PAIRS of them are kept, cut to LONGEST; they come from the whole run."""
    texts = [f"{n} " + "x" * 2 * LONGEST for n in range(2)]
    given = [episode(f"p{n:05}", turn(WRONG, f"{n} a"), turn(WRONG, f"{n} b")) for n in range(3 * PAIRS)]
    given += [
        episode("long", *(turn(WRONG, text) for text in texts)),
        episode("same", turn(WRONG, "s"), turn(WRONG, "s")),
    ]
    pairs = load_run(write_run(tmp_path, given)).pairs
    assert len(pairs) == PAIRS
    assert all(len(text) <= LONGEST for earlier, later, _ in pairs for text in (earlier, later))
    assert all(earlier != later for earlier, later, _ in pairs)
    places = [int(earlier.split()[0]) for earlier, _, _ in pairs]
    assert 0.4 < sum(place < 1.5 * PAIRS for place in places) / PAIRS < 0.6
    assert pairs == load_run(tmp_path).pairs
