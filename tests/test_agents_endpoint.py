"""Tests of agents openai:MODEL against a server on loopback that does what servers do."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codegym.bench.agents import Agent, Answer, Context, ask, make_agent
from codegym.bench.agents.gather import close
from codegym.bench.options import FENCED, Connection, Sampling
from codegym.bench.run import Settings, run_benchmark
from codegym.datasets import ProblemSet
from codegym.episode import Episode
from codegym.errors import AgentError, CodegymError, RequestError, UsageError
from tests.endpoint import Reply, completion, endpoint, fails, gives, says
from tests.fakes import RIGHT, WRONG, make_problem, scripted
from tests.test_agents import seen

pytest.importorskip("openai", reason="agents openai:MODEL need the package openai")
PROBLEMS = ProblemSet([make_problem(name) for name in "abcd"], "four")
FENCE = f"So:\n```python\n{RIGHT}```\n"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no endpoint and no key."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def asking(url: str, *, sampling: Sampling | None = None, **options: Any) -> Iterator[Agent]:
    connection = Connection(url, **({"retries": 2, "timeout_s": 20.0} | options))
    agent = make_agent("openai:m", PROBLEMS, sampling=sampling, connection=connection)
    try:
        yield agent
    finally:
        close(agent)


def test_what_is_asked_and_what_comes_back() -> None:
    """The request has the dialogue as messages and what was set, nothing else; the answer has its tokens."""
    sampling = Sampling(0.5, 0.9, 64, "Be brief.", body={"top_k": 4}, send_seed=True)
    context = Context(seed=11, answers=("I say p",))
    with endpoint(lambda number, body: says("hello")) as server, asking(server.url, sampling=sampling) as agent:
        assert ask(agent, seen(2), context) == Answer("hello", 7, 3)
    roles = [message["role"] for message in server.asked[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    texts = [message["content"] for message in server.asked[0].pop("messages")]
    assert texts[0] == "Be brief."
    assert texts[2:] == ["I say p", "f", "```python\np\n```", "f"]
    assert server.asked[0] == {"model": "m", "temperature": 0.5, "top_p": 0.9, "max_tokens": 64, "top_k": 4, "seed": 11}


def test_nothing_is_sent_that_was_not_set() -> None:
    """By default a request has a model and messages alone."""
    with endpoint(lambda number, body: says("hello")) as server, asking(server.url) as agent:
        ask(agent, seen(0))
    assert set(server.asked[0]) == {"model", "messages"}


def test_the_key_is_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key and endpoint come from the environment; an endpoint of one's own needs no key."""
    with endpoint(lambda number, body: says("x")) as server:
        with asking(server.url) as agent:
            ask(agent, seen(0))
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with asking(None) as agent:  # type: ignore[arg-type]
            ask(agent, seen(0))
    assert [headers["authorization"] for headers in server.headers] == ["Bearer none", "Bearer secret"]


def test_neither_key_nor_endpoint_is_refused() -> None:
    """Without both there is nothing to ask, and a sentence says so."""
    with pytest.raises(UsageError, match="expected a key in OPENAI_API_KEY"):
        make_agent("openai:m", PROBLEMS)


@pytest.mark.parametrize("url", ["nonsense", "ftp://x/v1", "http://", "http:///v1", "http://["])
def test_an_address_that_is_none_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be asked is told before anything is."""
    with pytest.raises(UsageError, match="expected an endpoint such as"):
        Connection(url)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(UsageError, match="expected an endpoint such as"):
        make_agent("openai:m", PROBLEMS)


def test_without_the_client_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is no traceback."""
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(UsageError, match=r"pip install 'codegym\[openai\]'"):
        make_agent("openai:m", PROBLEMS, connection=Connection("http://127.0.0.1:9/v1"))


REFUSAL = completion(None, refusal="I will not.")
ANSWERS: dict[str, tuple[Any, str]] = {
    "empty": (completion(""), ""),
    "null": (completion(None), ""),
    "refusal": (REFUSAL, "I will not."),
    "surrogate": (completion("\ud800"), "\ud800"),
    "control characters": (completion("\0\x1b[31m</pre>"), "\0\x1b[31m</pre>"),
    "no usage": ({**completion("x"), "usage": None}, "x"),
    "strange usage": ({**completion("x"), "usage": {"prompt_tokens": "many", "completion_tokens": -1}}, "x"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_whatever_a_model_says_is_an_answer(case: str) -> None:
    """Refused, empty and strange answers are answers, and asked for once."""
    data, text = ANSWERS[case]
    with endpoint(lambda number, body: gives(data)) as server, asking(server.url) as agent:
        assert ask(agent, seen(0)).text == text
    assert len(server.asked) == 1


def test_a_request_that_is_refused_for_what_is_in_it_is_an_empty_answer() -> None:
    """A content filter answers with 400 and its name; that is the model's answer, not our failure."""
    with endpoint(lambda number, body: fails(400, code="content_filter")) as server, asking(server.url) as agent:
        assert ask(agent, seen(0)) == Answer("")


BROKEN: dict[str, Reply | None] = {
    "429": fails(429),
    "500": fails(500),
    "503": fails(503, message="Loading model"),
    "408": fails(408),
    "half a body": None,
    "no JSON": (200, {}, b"<html>busy</html>"),
    "no JSON, and says so": (200, {"content-type": "text/html"}, b"<html>busy</html>"),
    "nothing": (200, {}, b""),
    "no choices": gives({**completion(""), "choices": []}),
    "choices are none": gives({**completion(""), "choices": None}),
    "no message": gives({**completion(""), "choices": [{"index": 0}]}),
    "no object": gives([1, 2]),
    "null": gives(None),
    "an error with status 200": gives({"error": {"message": "overloaded"}}),
    "content is a number": gives(completion(7)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_fails_once_is_asked_again(case: str) -> None:
    """After a failure of any kind the next try's answer is the answer."""

    def reply(number: int, body: dict[str, Any]) -> Reply | None:
        return says("there") if number else BROKEN[case]

    with endpoint(reply) as server, asking(server.url) as agent:
        assert ask(agent, seen(0)).text == "there"
    assert len(server.asked) == 2


@pytest.mark.parametrize("case", BROKEN)
def test_what_fails_for_ever_is_a_failed_request_in_one_sentence(case: str) -> None:
    """After the last try a RequestError names the model and what came; never an answer, never a traceback."""
    wanted = pytest.raises(RequestError, match=r"expected an answer from 'm' at 127\.0\.0\.1, got ")
    with (
        endpoint(lambda number, body: BROKEN[case]) as server,
        asking(server.url, retries=1) as agent,
        wanted as failed,
    ):
        ask(agent, seen(0))
    assert "\n" not in str(failed.value)
    assert 2 <= len(server.asked) <= 6


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer in time is asked again, and then given up."""
    over = threading.Event()

    def reply(number: int, body: dict[str, Any]) -> Reply:
        over.wait(60)
        return says("late")

    with endpoint(reply) as server, asking(server.url, retries=1, timeout_s=0.3) as agent:
        with pytest.raises(RequestError, match="time"):
            ask(agent, seen(0))
        over.set()
    assert len(server.asked) == 2


def test_a_server_that_is_not_there_is_a_failed_request() -> None:
    """Nobody listens: a failed request, with the reason."""
    with endpoint(lambda number, body: says("x")) as server:
        pass
    with asking(server.url, retries=1) as agent, pytest.raises(RequestError, match=r"(?i)connect"):
        ask(agent, seen(0))


@pytest.mark.parametrize("status", [401, 403, 404])
def test_where_nothing_will_work_the_agent_fails(status: int) -> None:
    """A wrong key or model is the agent's failure at once: no other request will do better."""
    wanted = pytest.raises(AgentError)
    with endpoint(lambda number, body: fails(status)) as server, asking(server.url) as agent, wanted as failed:
        ask(agent, seen(0))
    assert not isinstance(failed.value, RequestError)
    assert (len(server.asked), "\n" in str(failed.value)) == (1, False)


def test_a_request_that_cannot_be_taken_is_not_repeated() -> None:
    """400, such as for a prompt that is too long, is a failed request with the server's words, made once."""
    long = fails(400, message="the request exceeds the available context size", code="context_length_exceeded")
    wanted = pytest.raises(RequestError, match="exceeds the available context size")
    with endpoint(lambda number, body: long) as server, asking(server.url) as agent, wanted:
        ask(agent, seen(0))
    assert len(server.asked) == 1


def test_surrogates_in_a_dialogue_can_be_sent() -> None:
    """Half a character in what the model itself said before is no error of encoding."""
    with endpoint(lambda number, body: says("x")) as server, asking(server.url) as agent:
        assert ask(agent, seen(1), Context(answers=("\ud83d",))).text == "x"
    assert server.asked[0]["messages"][1]["content"] == "?"


def test_questions_are_asked_at_once() -> None:
    """Eight threads have eight requests on their way at the same time."""
    together = threading.Barrier(8)

    def reply(number: int, body: dict[str, Any]) -> Reply:
        together.wait(60)
        return says("x")

    with endpoint(reply) as server, asking(server.url, timeout_s=60) as agent, ThreadPoolExecutor(8) as executor:
        assert [answer.text for answer in executor.map(lambda _: ask(agent, seen(0)), range(8))] == ["x"] * 8
    assert server.at_once[1] == 8


def test_closing_the_agent_cuts_off_what_is_asked() -> None:
    """A question that waits for a server ends with an AgentError as soon as the agent is closed."""
    over = threading.Event()

    def reply(number: int, body: dict[str, Any]) -> Reply:
        over.wait(60)
        return says("late")

    with endpoint(reply) as server, asking(server.url) as agent, ThreadPoolExecutor(1) as executor:
        future = executor.submit(ask, agent, seen(0))
        while not server.asked:
            time.sleep(0.01)
        close(agent)
        with pytest.raises(AgentError, match="stopped"):
            future.result(30)
        over.set()


def run(out: Path, url: str, *, retries: int = 0, **options: Any) -> list[Episode]:
    settings = Settings("openai:m", extract="last", **options.pop("settings", {}))
    connection = Connection(url, retries=retries, timeout_s=20)
    return run_benchmark(settings, PROBLEMS, scripted(), out, connection=connection, **options)


def test_a_run_records_answers_tokens_and_seconds(tmp_path: Path) -> None:
    """Whole answers, programs in them, tokens and seconds stand in the records; the prompt asks for a fenced block."""
    with endpoint(lambda number, body: says(FENCE)) as server:
        episodes = run(tmp_path, server.url)
    assert [episode.solved for episode in episodes] == [True] * 4
    turn = episodes[0].turns[0]
    assert (turn.answer, turn.program, turn.prompt_tokens, turn.completion_tokens) == (FENCE, RIGHT, 7, 3)
    assert turn.answer_s > 0
    assert FENCED.format("Python 3") in server.asked[0]["messages"][0]["content"]
    about = json.loads((tmp_path / "run.json").read_text())
    assert (about["agent"]["base_url"], about["settings"]["extract"]) == (server.url, "last")


def test_a_key_or_password_is_written_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the key nor a password in the endpoint's address reaches the run's folder."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-key")
    with endpoint(lambda number, body: says(FENCE)) as server:
        run(tmp_path, server.url.replace("//", "//user:sk-word@"))
    kept = "".join(file.read_text() for file in tmp_path.iterdir())
    assert not any(secret in kept for secret in ("sk-key", "sk-word"))


def test_failed_requests_are_recorded_as_such_and_played_again(tmp_path: Path) -> None:
    """Episodes whose request failed have an error and no verdict; resuming asks for those alone."""
    failing = [True]

    def reply(number: int, body: dict[str, Any]) -> Reply:
        bad = failing[0] and "(b)" in body["messages"][0]["content"]
        return (400, {}, b'{"error": {"message": "no"}}') if bad else says(FENCE)

    with endpoint(reply) as server:
        episodes = run(tmp_path, server.url)
        assert [bool(episode.error) for episode in episodes] == [False, True, False, False]
        assert (episodes[1].verdict, episodes[1].solved, episodes[1].turns) == ("", False, ())
        failing[0] = False
        before = len(server.asked)
        assert all(episode.solved for episode in run(tmp_path, server.url, resume=True))
        assert len(server.asked) == before + 1


def test_an_answer_that_was_given_is_never_asked_for_again(tmp_path: Path) -> None:
    """An episode cut off at its second turn goes on there: the first answer is the journal's."""
    failing = [True]

    def reply(number: int, body: dict[str, Any]) -> Reply:
        if len(body["messages"]) == 1:
            return says(f"```\n{WRONG}```")
        return (400, {}, b"{}") if failing[0] else says(FENCE)

    with endpoint(reply) as server:
        assert all(episode.error for episode in run(tmp_path, server.url))
        assert (tmp_path / "answers.jsonl").exists()
        failing[0] = False
        before = len(server.asked)
        episodes = run(tmp_path, server.url, resume=True)
        assert [len(body["messages"]) for body in server.asked[before:]] == [3] * 4
    assert [(episode.solved, len(episode.turns), episode.turns[0].completion_tokens) for episode in episodes] == [
        (True, 2, 3)
    ] * 4
    assert not (tmp_path / "answers.jsonl").exists()


def test_a_server_that_is_gone_for_good_ends_the_run(tmp_path: Path) -> None:
    """Where episode after episode fails the run is given up with a sentence, and can be gone on with."""
    wanted = pytest.raises(CodegymError, match=r"the last 22 all failed .*--resume")
    with endpoint(lambda number, body: (400, {}, b"{}")) as server, wanted:
        run(tmp_path, server.url, settings={"rollouts": 9})
    with endpoint(lambda number, body: says(FENCE)) as server:
        assert all(episode.solved for episode in run(tmp_path, server.url, settings={"rollouts": 9}, resume=True))


def test_a_server_that_is_killed_and_started_again_loses_nothing(tmp_path: Path) -> None:
    """While the server is away requests are tried again; every episode ends, and none fails."""
    with endpoint(lambda number, body: says(FENCE)) as server:
        port = int(server.url.rsplit(":", 1)[1].split("/")[0])
    found: list[Episode] = []
    thread = threading.Thread(
        target=lambda: found.extend(run(tmp_path, server.url, retries=8, concurrency=8, settings={"rollouts": 10}))
    )
    with endpoint(lambda number, body: says(FENCE), port) as first:
        thread.start()
        while len(first.asked) < 5:
            time.sleep(0.002)
    with endpoint(lambda number, body: says(FENCE), port):
        thread.join(120)
    assert [(episode.solved, episode.error) for episode in found] == [(True, "")] * 40
