"""Tests of the page of a report, in a real browser without a window."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegym import load_problems
from codegym.datasets import ProblemSet
from codegym.episode import Episode, TurnRecord
from codegym.report import load_runs, make_report, write_report
from tests.conftest import REQUIRED
from tests.runs import CRASH, PASS, WRONG, episode, failed, turn, write_run

CHROMIUM = os.environ.get("CODEGYM_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

HOSTILE = (
    "</pre><script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>\n"
    "<!--<script>\n</script>\u2028\u2029\0\x1b[31mred\x1b[0m\ud800 \u202egnp.exe ]]> {{ 7 * 7 }} $x$ &lt;b&gt;\n"
)


def why_not() -> str:
    """Why there is no browser to try with; empty if there is."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return "" if CHROMIUM else "there is no chromium"


class Page:
    """A page in the browser, and what it complained of."""

    def __init__(self, context: Any) -> None:
        self.tab = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.requests.append(request.url))

    def open(self, file: Path) -> "Page":
        self.tab.goto(file.as_uri())
        self.tab.wait_for_selector("#episode > *")
        return self

    def text(self, selector: str) -> str:
        return str(self.tab.inner_text(selector))

    def shown(self, words: str) -> None:
        """Wait until the episode has these words."""
        self.tab.wait_for_function("words => document.getElementById('episode').innerText.includes(words)", arg=words)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.tab.keyboard.press(key)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if reason := why_not():
        if "chromium" in REQUIRED:
            pytest.fail(f"chromium is required, but {reason}")
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    context = browser.new_context(color_scheme="light", viewport={"width": 1400, "height": 900})
    context.set_default_timeout(60_000)
    page = Page(context)
    yield page
    complaints, requests = list(page.complaints), list(page.requests)
    context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []


def written(folder: Path, *runs: list[Episode], problems: ProblemSet | None = None) -> Path:
    folders = [write_run(folder / f"run-{'abc'[number]}", episodes) for number, episodes in enumerate(runs)]
    return write_report(make_report(load_runs(folders)), folder / "out", problems=problems)["html"]


RUNS = (
    [episode("first", WRONG, PASS), episode("second", CRASH, CRASH, CRASH, difficulty="hard"), failed("third")],
    [episode("first", PASS), episode("second", WRONG, PASS, difficulty="hard", solved=False)],
    [episode("first", WRONG, WRONG, WRONG), episode("second", PASS, difficulty="hard")],
)


def test_a_comparison_of_three_runs_is_whole(page: Page, tmp_path: Path) -> None:
    """Tables of three runs, all figures drawn on both grounds, warnings, and a row an episode."""
    page.open(written(tmp_path, *RUNS))
    drawn = page.tab.evaluate(
        "[...document.images].map(image => [image.complete, image.naturalWidth, image.className])"
    )
    assert len(drawn) == 12
    assert all(complete and width > 100 for complete, width, _ in drawn)
    assert [kind for *_, kind in drawn] == ["light", "dark"] * 6
    assert page.tab.locator("#results table").first.locator("tbody tr").count() == 3
    assert "Against run-a" in page.text("#results")
    assert "1 of 3 episodes" in page.text("[role=alert] >> nth=0")
    assert page.text("#count") == "7 of 7 episodes"
    assert page.tab.locator(".row").count() == 7


def test_everything_can_be_done_with_keys(page: Page, tmp_path: Path) -> None:
    """Tab comes to everything; arrows and j, k choose; / d t work; keys typed in a field do nothing else."""
    page.open(written(tmp_path, *RUNS))
    reached = set()
    for _ in range(60):
        page.keys("Tab")
        reached.add(page.tab.evaluate("document.activeElement.id"))
    assert {
        "theme",
        "by-run",
        "by-end",
        "by-verdict",
        "by-first",
        "by-difficulty",
        "by-problem",
        "list",
        "episode",
    } <= reached
    page.tab.focus("#list")
    page.keys("ArrowDown")
    page.shown("second, rollout 0")
    page.keys("End")
    page.shown("run run-c")
    page.keys("ArrowUp", "ArrowUp", "Home")
    page.shown("first, rollout 0")
    assert page.tab.get_attribute("#list", "aria-activedescendant") == "row-0"
    assert page.tab.get_attribute("#row-0", "aria-selected") == "true"
    page.tab.evaluate("document.activeElement.blur()")
    page.keys("j", "j")
    page.shown("third, rollout 0")
    page.shown("expected a box, got none")
    page.keys("k", "k", "k")
    page.shown("first, rollout 0")
    assert page.tab.locator("#episode pre.lines").count() == 1
    page.keys("d")
    page.tab.wait_for_selector("#episode button[aria-pressed=false]")
    assert page.tab.locator("#episode pre.lines").count() == 0
    page.keys("t")
    assert page.tab.get_attribute("html", "data-theme") == "dark"
    page.keys("/")
    page.tab.keyboard.type("jdt/second")
    assert page.tab.input_value("#by-problem") == "jdt/second"
    assert page.tab.get_attribute("html", "data-theme") == "dark"
    page.shown("No episode is like that")


def test_filters_narrow_the_list(page: Page, tmp_path: Path) -> None:
    """Each filter alone, and several at once, leave the episodes that are so."""
    page.open(written(tmp_path, *RUNS))
    for field, label, left in (
        ("by-run", "run-b (2)", 2),
        ("by-end", "solved (3)", 3),
        ("by-end", "failed (1)", 1),
        ("by-end", "private tests fail (1)", 1),
        ("by-verdict", "runtime error (1)", 1),
        ("by-first", "wrong answer (3)", 3),
        ("by-difficulty", "hard (3)", 3),
    ):
        page.tab.select_option(f"#{field}", label=label)
        assert page.text("#count") == f"{left} of 7 episodes"
        assert page.tab.locator(".row").count() == left
        page.tab.select_option(f"#{field}", label="all")
    page.tab.fill("#by-problem", "SEC")
    assert page.text("#count") == "3 of 7 episodes"
    page.tab.select_option("#by-run", label="run-a (3)")
    page.shown("second, rollout 0")
    assert page.text("#count") == "1 of 7 episodes"


def test_hostile_texts_are_shown_and_do_nothing(page: Page, tmp_path: Path) -> None:
    """HTML, scripts and odd signs in every text of an episode and of run.json are words on the page."""
    bad = TurnRecord(f"Here:\n{HOSTILE}", HOSTILE, HOSTILE, (HOSTILE, PASS), HOSTILE, 0.0)
    after = TurnRecord(HOSTILE + "x = 1\n", HOSTILE + "x = 1\n", PASS, (PASS, PASS), HOSTILE, 1.0)
    hostile = Episode(HOSTILE, HOSTILE, 0, (bad, after), False, HOSTILE, (HOSTILE,), "", 1.0)
    broken = Episode(HOSTILE, HOSTILE, 1, (bad,), error=HOSTILE)
    run = write_run(tmp_path / "run", [hostile, broken], settings={"agent": HOSTILE, "turns": 3, "feedback": HOSTILE})
    page.open(write_report(make_report(load_runs([run])), tmp_path / "out")["html"])
    for _ in range(2):
        page.tab.wait_for_timeout(100)
        assert page.tab.evaluate("window.harmed") is None
        assert page.tab.locator("main script, main img:not(.light):not(.dark)").count() == 0
        shown = page.text("#episode")
        assert "</pre><script>window.harmed = 1</script>" in shown
        assert "{{ 7 * 7 }}" in shown
        assert "\u202e" not in shown
        assert "\x1b" not in shown
        assert "\u241b[31mred" in shown
        page.tab.focus("#list")
        page.keys("ArrowDown")
        page.shown("It could not end")
    policy = page.tab.get_attribute("meta[http-equiv]", "content")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_policy_lets_nothing_else_run(page: Page, tmp_path: Path) -> None:
    """Even a script that came into the page would not run, nor anything be fetched."""
    page.open(written(tmp_path, *RUNS))
    page.tab.evaluate(
        """() => {
            const script = document.createElement("script"), image = document.createElement("img");
            script.textContent = "window.harmed = 1";
            image.src = "http://127.0.0.1:9/x.png";
            document.body.append(script, image);
        }"""
    )
    page.tab.wait_for_timeout(200)
    assert page.tab.evaluate("window.harmed") is None
    assert len([text for text in page.complaints if "Content Security Policy" in text]) == len(page.complaints) == 2
    page.complaints.clear()
    page.requests.clear()


def test_differences_are_between_lines(page: Page, tmp_path: Path) -> None:
    """Lines kept, removed and added rebuild both programs, whatever these are."""
    programs = ["a\nb\nc\nd\n", "a\nc\nx\nd\ny\n", "", "z", "z\n\n\nz", "a\nb\nc\nd\n"]
    turns = [turn(WRONG, program) for program in programs]
    page.open(written(tmp_path, [episode("p", *turns)]))
    pres = page.tab.locator("#episode pre.lines")
    found = pres.evaluate_all("nodes => nodes.map(node => [...node.children].map(line => line.textContent))")
    assert len(found) == len(programs) - 1
    for lines, before, after in zip(found, programs, programs[1:], strict=False):
        assert "\n".join(line[2:] for line in lines if line[0] in " -") == before
        assert "\n".join(line[2:] for line in lines if line[0] in " +") == after
    assert sum(line[0] != " " for line in found[0]) == 3


def test_long_texts_are_drawn_when_asked_for(page: Page, tmp_path: Path) -> None:
    """A program of 3 MB is cut in the page, and shown in part until all that the page has is asked for."""
    long = "x = 1  # " + "y" * 3_000_000
    page.open(written(tmp_path, [episode("p", turn(WRONG, long), turn(PASS, long + "\n"))]))
    assert len(page.text("#episode")) < 200_000
    assert "2950009 more characters stand in the run's folder" in page.text("#episode")
    page.tab.click("text=Show all 50000 characters >> nth=0")
    assert len(page.text("#episode pre >> nth=0")) == 50_000


def test_statements_are_those_of_the_problem_set(page: Page, tmp_path: Path) -> None:
    """A problem that was found has its statement; one that was not says so."""
    problems = load_problems("builtin")
    page.open(written(tmp_path, [episode("sum-of-two", PASS), episode("unknown", PASS)], problems=problems))
    page.tab.click("#episode summary")
    page.shown(problems["sum-of-two"].statement.splitlines()[0])
    page.tab.focus("#list")
    page.keys("ArrowDown")
    page.shown("statement was not found")


def test_many_episodes_are_drawn_as_they_are_seen(page: Page, tmp_path: Path) -> None:
    """Of 3,000 episodes only those in sight are in the page, and the last one can be read."""
    episodes = [episode(f"p{n // 10:03}", turn(WRONG, f"print({n})"), PASS, rollout=n % 10) for n in range(3000)]
    page.open(written(tmp_path, episodes))
    assert page.text("#count") == "3000 of 3000 episodes"
    assert page.tab.locator(".row").count() < 100
    page.tab.focus("#list")
    page.keys("End")
    page.shown("p299, rollout 9")
    page.shown("print(2999)")
    page.keys("PageUp")
    page.tab.wait_for_function("() => document.querySelector('[aria-selected=true]').ariaPosInSet < 2999")


def test_without_episodes_the_page_has_none(page: Page, tmp_path: Path) -> None:
    """A page that was made without episodes is the tables and figures alone."""
    run = write_run(tmp_path / "run", RUNS[0])
    files = write_report(make_report(load_runs([run])), tmp_path / "out", episodes=False)
    page.tab.goto(files["html"].as_uri())
    assert page.tab.locator("#results table").count() >= 5
    assert page.tab.locator("#episodes").count() == 0
