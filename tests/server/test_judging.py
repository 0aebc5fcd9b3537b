"""Tests of the server's endpoints that judge and run."""

import base64
import json
from typing import Any

import pytest

from codegym import Execution, values
from codegym.datasets import ProblemSet
from codegym.errors import ProblemError
from tests.fakes import CRASH, HALF, PRIVATE, PUBLIC_ONLY, RIGHT, WRONG, Failing, make_problem, printed, scripted
from tests.server.conftest import Start

SECRET = "SECRET-7c1e"


def test_judges_a_named_problem(start: Start) -> None:
    """Verdicts are those of the judge."""
    client = start()
    for program, accepted, verdict in (
        (RIGHT, True, "accepted"),
        (PUBLIC_ONLY, False, "wrong_answer"),
        (CRASH, False, "runtime_error"),
        (" \n", False, "no_program"),
    ):
        answer = client.post("/v1/judge", json={"problem_id": "double", "program": program}).json()
        assert (answer["accepted"], answer["verdict"], answer["total"]) == (accepted, verdict, 5)


def test_judges_by_given_tests(start: Start) -> None:
    """Tests of the client's own, for programs that read and for functions; their results are told in full."""
    client = start(scripted(loud=Execution("ok", 0, stdout=b"3\n", stderr=b"hm")))
    asked = {"tests": [{"input": "1\n", "output": "3\n"}, {"input": "1\n", "output": "4\n"}], "program": "loud"}
    answer = client.post("/v1/judge", json=asked).json()
    assert [result["verdict"] for result in answer["results"]] == ["accepted", "wrong_answer"]
    assert answer["results"][1]["stderr"] == "hm"
    function = {"kind": "function", "entry_point": "f", "tests": [{"input": [1], "output": [2, None]}]}
    client = start(scripted(f=Execution("ok", 0, result=values.dumps([["returned", [2, None], {}]]))))
    assert client.post("/v1/judge", json={**function, "program": "f"}).json()["accepted"]


@pytest.mark.parametrize("split", ["private", "both"])
def test_nothing_of_a_private_test_is_in_an_answer(start: Start, split: str) -> None:
    """Not its input, which a program may say in every way that it has; not its output; there is a verdict alone."""

    def echo(_: str, data: bytes) -> Execution:
        return Execution("runtime_error", 77, data, data, cpu_s=7.125, wall_s=7.125, memory_bytes=7125, result=data)

    tests = tuple(type(test)(f"{SECRET}{number}\n", f"{SECRET}-out\n") for number, test in enumerate(PRIVATE))
    problems = ProblemSet([make_problem(private_tests=tests, reference=f"print('{SECRET}')")], "one")
    client = start(scripted(echo=echo, ok=printed("2\n")), problems)
    answer = client.post("/v1/judge", json={"problem_id": "double", "program": "echo", "split": split, "run_all": True})
    private = [result for result in answer.json()["results"] if result["split"] == "private"]
    assert len(private) == 3
    assert {key for result in private for key, value in result.items() if value} == {"split", "verdict"}
    episode = client.post("/v1/episodes", json={"problem_id": "double"}).json()
    texts = [answer.text, json.dumps(episode)]
    for _ in range(3):
        texts.append(client.post(f"/v1/episodes/{episode['episode_id']}/step", json={"action": "echo"}).text)
    submitted = {"dataset": "one", "id": "double", "completion": "```python\necho```"}
    texts.append(client.post("/submit", json=submitted).text)
    texts += [client.get(path).text for path in ("/v1/problems", "/v1/problems/double", "/metrics", "/openapi.json")]
    texts.append(client.post("/get_prompts", json={"dataset": "one"}).text)
    assert SECRET not in "".join(texts)
    assert '"terminated":true' in texts[4]


def test_an_error_of_the_problems_own_says_nothing_of_its_tests(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A validator that breaks on a private test may have it in its complaint, which is for the server's log."""

    def broken(*_: object, **__: object) -> None:
        raise ProblemError(f"the validator failed on {SECRET}")

    monkeypatch.setattr("codegym.server.judging.judge", broken)
    monkeypatch.setattr("codegym.server.fusion.judge", broken)
    monkeypatch.setattr("codegym.process.judge", broken)
    client = start()
    episode = client.post("/v1/episodes", json={}).json()["episode_id"]
    submitted = {"dataset": "two", "id": "double", "completion": f"```python\n{RIGHT}```"}
    for path, asked in (
        ("/v1/judge", {"problem_id": "double", "program": RIGHT}),
        (f"/v1/episodes/{episode}/step", {"action": RIGHT}),
        ("/submit", submitted),
    ):
        answer = client.post(path, json=asked)
        assert answer.status_code == 503
        assert SECRET not in answer.text
    assert SECRET in caplog.text


def test_runs_a_program(start: Start) -> None:
    """As text, and as bytes where the client wants those."""
    client = start(scripted(cat=lambda _, data: Execution("ok", 0, stdout=bytes(data))))
    answer = client.post("/v1/run", json={"program": "cat", "inputs": ["a", "é\n"]}).json()
    assert [run["stdout"] for run in answer["runs"]] == ["a", "é\n"]
    data = b"\xff\x00"
    asked = {"program": base64.b64encode(b"cat").decode(), "inputs": [base64.b64encode(data).decode()]}
    answer = client.post("/v1/run", json={**asked, "encoding": "base64"}).json()
    assert base64.b64decode(answer["runs"][0]["stdout"]) == data


def test_a_failing_sandbox_is_no_verdict(start: Start) -> None:
    """It is answered with 503, by which nobody takes it for one."""
    client = start(Failing(scripted()))
    answer = client.post("/v1/judge", json={"problem_id": "double", "program": RIGHT})
    assert answer.status_code == 503
    assert answer.json() == {"error": "SandboxError", "message": "expected a box, got none"}


@pytest.mark.parametrize(
    ("path", "asked", "status", "words"),
    [
        ("/v1/judge", {"problem_id": "nope", "program": ""}, 404, "nope"),
        ("/v1/judge", {"program": ""}, 422, "either problem_id or tests"),
        ("/v1/judge", {"program": 3, "problem_id": "double"}, 422, "program"),
        ("/v1/judge", {"program": "", "problem_id": "double", "language": "cobol"}, 422, "cobol"),
        ("/v1/judge", {"program": "", "tests": [{"input": 1, "output": "x"}]}, 422, "expected texts"),
        ("/v1/judge", {"program": "", "kind": "function", "tests": [{"input": [], "output": 1}]}, 422, "entry_point"),
        ("/v1/judge", {"program": "", "tests": [{"input": "\ud800", "output": "x"}]}, 422, "surrogate"),
        ("/v1/run", {"program": "", "inputs": ["\ud800"]}, 422, "surrogate"),
        ("/v1/run", {"program": "*", "inputs": [], "encoding": "base64"}, 422, "base64"),
        ("/v1/run", {"program": "", "inputs": [], "limits": {"cpu_s": 1e9}}, 422, "cpu_s"),
        ("/v1/run", {"program": "", "inputs": [], "surprise": 1}, 422, "surprise"),
        ("/v1/nothing", {}, 404, "Not Found"),
    ],
)
def test_bad_requests_get_one_sentence(start: Start, path: str, asked: Any, status: int, words: str) -> None:
    """With a status of the client's own fault."""
    answer = start().post(path, content=json.dumps(asked), headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert "\n" not in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"program": NaN}', b"null", b'"x"'])
@pytest.mark.parametrize("path", ["/v1/judge", "/v1/run", "/run_code", "/submit", "/v1/episodes", "/v1/converse"])
def test_malformed_bodies_are_the_clients_fault(start: Start, path: str, body: bytes) -> None:
    """Whatever is sent, no answer is the server's fault."""
    answer = start().post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"error", "message"}


def test_metrics_count(start: Start) -> None:
    """Answers by route, never by what a client wrote there; runs and verdicts."""
    client = start()
    client.post("/v1/judge", json={"problem_id": "double", "program": WRONG})
    client.post("/v1/run", json={"program": HALF, "inputs": ["1", "2"]})
    client.get("/v1/problems/some-name-of-a-client")
    text = client.get("/metrics").text
    assert 'codegym_verdicts_total{verdict="wrong_answer"} 1.0' in text
    assert 'codegym_runs_total{status="ok"} 2.0' in text
    assert 'codegym_http_answers_total{route="/v1/judge",status="200"} 1.0' in text
    assert "some-name" not in text
