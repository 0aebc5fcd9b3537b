"""Tests of the numbers of a report, against ones that were worked out by hand."""

import csv
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.episode import Episode
from codegym.errors import UsageError
from codegym.metrics import Interval
from codegym.report import load_runs, make_report, summarize_run, write_report
from codegym.report.results import markdown, plain
from codegym.report.runs import Run
from tests.runs import CRASH, PASS, WRONG, episode, failed, turn, write_run

HAND = [
    episode("a", PASS, rollout=0),
    episode("a", WRONG, PASS, rollout=1),
    episode("a", WRONG, CRASH, WRONG, rollout=2),
    episode("a", CRASH, CRASH, PASS, rollout=3),
    episode("b", WRONG, PASS, rollout=0, solved=False, difficulty="hard"),
    episode("b", PASS, rollout=1, solved=False, difficulty="hard"),
    episode("b", CRASH, WRONG, PASS, rollout=2, difficulty="hard"),
    episode("b", WRONG, WRONG, WRONG, rollout=3, difficulty="hard"),
    failed("c"),
]
"""Problem a: 3 of 4 solved, in turns 1, 2 and 3. Problem b: 1 of 4, in turn 3; two more pass the public tests alone."""


def read(folder: Path, episodes: list[Episode], **about: object) -> Run:
    return load_runs([write_run(folder, episodes, **about)])[0]


def test_rates_are_means_over_problems(tmp_path: Path) -> None:
    """Solve rate, groups, errors and turns of the run above; the problem that failed is in none of them."""
    summary = summarize_run(read(tmp_path, HAND))
    total, (easy, hard) = summary.total, summary.by_difficulty
    assert (total.problems, total.episodes, total.solved, summary.run.errors) == (2, 8, 4, 1)
    assert total.rate.value == pytest.approx((3 / 4 + 1 / 4) / 2)
    assert (easy.name, easy.rate.value, hard.name, hard.rate.value) == ("easy", 0.75, "hard", 0.25)
    assert total.turns == (1 + 2 + 3 + 3 + 2 + 1 + 3 + 3) / 8
    assert summary.problems == {"a": 0.75, "b": 0.25}
    assert [rate.value for rate in summary.by_turns] == pytest.approx([1 / 8, 2 / 8, 4 / 8])


def test_n_at_k_draws_rollouts(tmp_path: Path) -> None:
    """1@3 is the solve rate; 1@6 and 2@6 are of two rollouts, by going through all six pairs of them."""
    summary = summarize_run(read(tmp_path, HAND), [(1, 3), (1, 6), (2, 6), (1, 15), (1, 2)])
    one, two, both, many, few = summary.at_k
    assert one.rate is not None
    assert one.rate.value == summary.total.rate.value
    # a: of the pairs 3 have two that solve, 3 one that solves and none that passes: always 1 solved.
    # b: passing are rollouts 0, 1 (not solving) and 2 (solving); 3 does not pass.
    #    pairs 01: 0; 02 and 12: 1/2 with one submission; 03 and 13: 0; 23: 1.
    assert two.rate is not None
    assert two.rate.value == pytest.approx((1 + (0.5 + 0.5 + 1) / 6) / 2)
    assert both.rate is not None
    assert both.rate.value == pytest.approx((1 + 3 / 6) / 2)
    assert (two.rollouts, two.problems) == (2, 2)
    assert many.rate is None
    assert "draws 5 rollouts" in many.why_not
    assert few.rate is None
    assert "has 3 samples, more than 2" in few.why_not


def test_n_at_k_is_over_the_problems_that_have_the_rollouts(tmp_path: Path) -> None:
    """A problem that lost a rollout to an error is left out of what draws as many, and the table says so."""
    given_episodes = [*HAND[:7], failed("b", rollout=3)]
    report = make_report([read(tmp_path, given_episodes)], [(1, 12)])
    (at,) = report.summaries[0].at_k
    assert (at.problems, at.rate and at.rate.value) == (1, 1.0)
    assert any("1@12 of run" in note and "1 of 2 problems" in note for note in report.tables[0].notes)


def test_run_json_says_which_n_at_k(tmp_path: Path) -> None:
    """What the run was made for is the default; without a word it is one rollout; nonsense is passed over."""
    assert [at.name for at in summarize_run(read(tmp_path, HAND, n_at_k=[[1, 3], [2, 6]])).at_k] == ["1@3", "2@6"]
    for said in (None, "x", [["1", 3]], [[1]], []):
        assert [at.name for at in summarize_run(read(tmp_path, HAND, n_at_k=said)).at_k] == ["1@3"]
    with pytest.raises(UsageError, match="expected n@k with n from 1 to k, got 4@3"):
        summarize_run(read(tmp_path, HAND), [(4, 3)])


def test_repair_is_counted_by_the_failure_of_turn_1(tmp_path: Path) -> None:
    """Of each kind: how many episodes, how many pass at the end, how many are solved."""
    summary = summarize_run(read(tmp_path, HAND))
    found = {f.verdict: (f.episodes, f.passed, f.solved) for f in summary.failures}
    assert found == {WRONG: (4, 2, 1), CRASH: (2, 2, 2)}
    assert (summary.repaired, summary.broken, summary.passed_only) == (3, 0, 2)
    assert summary.first == Counter({WRONG: 4, CRASH: 2, PASS: 2})
    assert summary.last == Counter({PASS: 6, WRONG: 2})
    assert summary.final == Counter({PASS: 4, WRONG: 4})


def test_tests_won_and_lost_from_turn_to_turn(tmp_path: Path) -> None:
    """Each public test counts where its verdict turns to or from accepted."""
    first, second = (
        turn(WRONG, "1", public=[PASS, WRONG, WRONG, PASS]),
        turn(CRASH, "2", public=[CRASH, CRASH, PASS, PASS]),
    )
    summary = summarize_run(read(tmp_path, [episode("a", first, second, turn(PASS, "3", public=[PASS] * 4))]))
    assert (summary.tests_repaired, summary.tests_broken) == (1 + 2, 1)


def test_nothing_is_said_of_fewer_turns_where_episodes_go_on(tmp_path: Path) -> None:
    """With feedback `none` a program that passes in turn 1 was not judged in private, so there is no such curve."""
    summary = summarize_run(read(tmp_path, [episode("a", PASS, WRONG, PASS)]))
    assert (summary.by_turns, summary.broken) == ((), 0)
    assert summarize_run(read(tmp_path, [episode("a", PASS, WRONG)])).broken == 1


def test_repeats_are_no_distance(tmp_path: Path) -> None:
    """The mean of 1 - chrF takes the same program again as 0; chrF of the others is sacrebleu's."""
    pytest.importorskip("sacrebleu")
    from sacrebleu.metrics.chrf import CHRF

    a, b = turn(WRONG, "for i in range(9): print(i)"), turn(WRONG, "for j in range(10): print(j)")
    given_episodes = [episode("a", a, b, b), episode("b", a, a), episode("c", a)]
    second, third = summarize_run(read(tmp_path, given_episodes)).distances
    apart = 1 - CHRF().sentence_score(b.program, [a.program]).score / 100
    assert 0 < apart < 1
    assert (second.programs, second.repeats) == (2, 1)
    assert second.mean == pytest.approx(apart / 2)
    assert (third.programs, third.repeats, third.mean, third.values) == (1, 1, 0.0, ())


def test_the_flow_has_every_episode_at_every_turn(tmp_path: Path) -> None:
    """From each turn to the next, and from the last to the end, go as many episodes as ended."""
    flow = summarize_run(read(tmp_path, HAND)).flow
    for number in (1, 2, 3):
        assert sum(count for key, count in flow.items() if key[0] == number) == 8
        into = Counter[str]()
        for (at, _, after), count in flow.items():
            into.update({after: count} if at == number else {})
        out = Counter[str]()
        for (at, before, _), count in flow.items():
            out.update({before: count} if at == number + 1 else {})
        assert number == 3 or into == out
    ends = {after: sum(c for k, c in flow.items() if k[0] == 3 and k[2] == after) for (_, _, after) in flow}
    assert (ends["solved"], ends["private tests fail"], ends["public tests fail"]) == (4, 2, 2)


def test_runs_are_compared_on_the_problems_of_both(tmp_path: Path) -> None:
    """Difference, won, lost and tied over the common problems; a run that has others is warned of."""
    first = read(tmp_path / "first", [episode(n, PASS, solved=n in "ab") for n in "abcde"])
    second = load_runs(
        [
            write_run(
                tmp_path / "second",
                [episode(n, PASS, solved=n in "bcd") for n in "abcdx"],
                problems={"name": "others", "hash": "1"},
            )
        ]
    )[0]
    (found,) = make_report([first, second]).as_dict()["comparisons"]
    assert {name: found[name] for name in ("problems", "won", "lost", "tied")} == {
        "problems": 4,
        "won": 2,
        "lost": 1,
        "tied": 1,
    }
    assert found["difference"]["value"] == pytest.approx(1 / 4)
    assert found["p"] == 1.0
    assert any("not on the same problems" in warning for warning in make_report([first, second]).warnings)
    assert not make_report([first]).warnings


@pytest.mark.parametrize(("errors", "many"), [(0, False), (1, False), (5, False), (6, True), (95, True)])
def test_errors_are_said_at_the_top(tmp_path: Path, errors: int, many: bool) -> None:
    """Any error is named first in the page of Markdown, and more than one in twenty are called many."""
    given_episodes = [failed(f"e{n}") if n < errors else episode(f"p{n}", PASS) for n in range(100)]
    report = make_report([read(tmp_path / "shaky", given_episodes)])
    page = markdown(report.tables, report.warnings)
    assert (f"{errors} of 100 episodes" in page.split("\n## ")[0]) == bool(errors)
    assert ("These are many" in page.split("\n## ")[0]) == many
    assert report.summaries[0].total.rate.value == 1.0


@pytest.mark.parametrize("given_episodes", [[], [failed("a")], [failed("a", turns=(turn(WRONG),))]])
def test_a_run_of_nothing_has_a_report(tmp_path: Path, given_episodes: list[Episode]) -> None:
    """Where no episode has ended there are no rates, and that is said."""
    run = read(tmp_path / "empty", given_episodes)
    report = make_report([run, read(tmp_path / "other", HAND)])
    assert any("no episode has ended" in warning for warning in report.warnings)
    data = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert data["runs"][0]["groups"][0]["rate"] == {"value": None, "low": None, "high": None}
    write_report(report, tmp_path / "out")


@given(data=st.data())
def test_the_order_of_records_decides_nothing(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same episodes in another order of ending have the very same report."""
    folder = tmp_path_factory.mktemp("order")
    mixed = list(HAND)
    random.Random(data.draw(st.integers(0, 99))).shuffle(mixed)
    one, other = read(folder / "x" / "run", HAND), read(folder / "y" / "run", mixed)
    assert make_report([one]).tables == make_report([other]).tables


def test_tables_of_many_turns_have_few_columns(tmp_path: Path) -> None:
    """With 100 turns the columns are some of them, the last among them, each with its own turn's rate."""
    episodes = [episode(f"p{n:03}", *[WRONG] * n, PASS) for n in range(100)]
    report = make_report([read(tmp_path / "run", episodes, settings={"turns": 100})])
    (table,) = (table for table in report.tables if table.title == "Solve rate by number of turns")
    assert table.columns == ("run", "1", "2", "5", "10", "20", "50", "100")
    assert [float(cell.split()[0]) for cell in table.rows[0][1:]] == [float(column) for column in table.columns[1:]]
    write_report(report, tmp_path / "out")


def test_csv_has_the_numbers(tmp_path: Path) -> None:
    """The file of numbers reads back as those of the summary, intervals with their ends."""
    report = make_report([read(tmp_path / "one", HAND), read(tmp_path / "two", HAND[:4])], [(1, 3)])
    with write_report(report, tmp_path / "out")["csv"].open(newline="") as file:
        lines = {(line["run"], line["measure"], line["of"]): line for line in csv.DictReader(file)}
    rate = report.summaries[0].total.rate
    line = lines["one", "solve_rate", "all"]
    assert Interval(*(float(line[name]) for name in ("value", "low", "high"))) == rate
    assert float(lines["one", "n_at_k", "1@3"]["value"]) == 0.5
    assert lines["one", "errors", ""]["value"] == "1"
    assert lines["two", "won", "against one"]["value"] == "0"


@pytest.mark.parametrize(
    "text", ["\x1b[31mred\x1b[0m", "a\nb", "\ud800", "\u202eabc", "\0", "x" * 500, "a|b<script>`*_[x](y)", "\r\n# h"]
)
def test_names_from_anywhere_stay_within_their_cell(tmp_path: Path, text: str) -> None:
    """Agents, problems, difficulties and verdicts of any text break no line, column or terminal."""
    given_episodes = [episode("a", turn(text or WRONG, "p"), difficulty=text, solved=False, verdict=text)]
    about = {"settings": {"agent": text, "turns": 1}, "problems": {"name": text}}
    report = make_report([read(tmp_path / "run", given_episodes, **about)])
    for line in markdown(report.tables, report.warnings).splitlines():
        assert all(sign.isprintable() for sign in line)
        assert len(line) < 1000
        assert "<script>" not in line
    for table in report.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        cells = [cell for row in (table.columns, *table.rows) for cell in row]
        assert all(cell.isprintable() for cell in cells)
    write_report(report, tmp_path / "out")
    assert plain(text).isprintable()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that cannot be finished leaves the one before it, and nothing else in the folder."""
    report = make_report([read(tmp_path / "run", HAND)])
    files = write_report(report, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(files.values()) == set((tmp_path / "out").iterdir())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codegym.report.write.write_page", full)
    monkeypatch.setattr("codegym.report.write.numbers", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(report, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
