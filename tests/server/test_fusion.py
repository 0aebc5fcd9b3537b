"""A client of SandboxFusion's public API finds here what it expects. It knows nothing of codegym."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import need
from tests.served import Server, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real one."""
    pytest.importorskip("fastapi", reason="the extra 'server' is not installed")
    need("bubblewrap")
    with serving("--sandbox", "bubblewrap", "--workers", "2") as server:
        yield server


def run(server: Server, **asked: Any) -> Any:
    answer = requests.post(f"{server.url}/run_code", json={"language": "python", **asked}, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()


def submit(server: Server, **asked: Any) -> Any:
    answer = requests.post(f"{server.url}/submit", json=asked, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_program_that_ends_well(server: Server) -> None:
    """Success, and what it printed."""
    answer = run(server, code="print(input()[::-1])", stdin="abc\n")
    assert (answer["status"], answer["compile_result"]) == ("Success", None)
    ended = answer["run_result"]
    assert (ended["status"], ended["return_code"], ended["stdout"]) == ("Finished", 0, "cba\n")
    assert ended["execution_time"] > 0


def test_a_megabyte_of_output_is_whole(server: Server) -> None:
    """To the last byte."""
    answer = run(server, code="import sys\nfor n in range(16384): sys.stdout.write(f'{n:063}\\n')")
    assert answer["status"] == "Success"
    assert answer["run_result"]["stdout"] == "".join(f"{number:063}\n" for number in range(16384))


def test_a_runtime_error(server: Server) -> None:
    """Failed, with the exit status and the traceback."""
    answer = run(server, code="raise SystemExit(3)")
    assert (answer["status"], answer["run_result"]["return_code"]) == ("Failed", 3)
    answer = run(server, code="1 / 0")
    assert answer["status"] == "Failed"
    assert answer["run_result"]["return_code"] == 1
    assert "ZeroDivisionError" in answer["run_result"]["stderr"]


@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(60)"])
def test_a_time_out(server: Server, code: str) -> None:
    """TimeLimitExceeded, by the clock; what was printed before is there."""
    answer = run(server, code=f"print('begun', flush=True)\n{code}", run_timeout=1)
    assert answer["status"] == "Failed"
    assert answer["run_result"]["status"] == "TimeLimitExceeded"
    assert answer["run_result"]["stdout"] == "begun\n"


def test_a_python_program_that_does_not_compile(server: Server) -> None:
    """There is no step of compiling: it is a run that failed."""
    answer = run(server, code="def f(:")
    assert (answer["status"], answer["compile_result"]) == ("Failed", None)
    assert answer["run_result"]["return_code"] == 1
    assert "SyntaxError" in answer["run_result"]["stderr"]


def test_cpp(server: Server) -> None:
    """Compiled first; a mistake is told by the compiler, and nothing runs."""
    right = '#include <cstdio>\nint main() { int n; scanf("%d", &n); printf("%d", n + 1); }'
    answer = run(server, code=right, language="cpp", stdin="41")
    if answer["status"] == "SandboxError":
        pytest.skip(answer["message"])
    assert (answer["status"], answer["compile_result"]["return_code"]) == ("Success", 0)
    assert answer["run_result"]["stdout"] == "42"
    answer = run(server, code="int main( {", language="cpp")
    assert (answer["status"], answer["run_result"]) == ("Failed", None)
    assert answer["compile_result"]["return_code"] != 0
    assert "error" in answer["compile_result"]["stderr"]


def test_too_much_memory(server: Server) -> None:
    """A failure, and no success that was cut short."""
    answer = run(server, code="x = bytearray(1 << 30)", memory_limit_MB=64)
    assert answer["status"] == "Failed"
    assert answer["run_result"]["return_code"] not in (0, None)


def test_files_in_and_out(server: Server) -> None:
    """Base64 by path, folders and all."""
    answer = run(
        server,
        code="open('out.bin', 'wb').write(open('data/in.bin', 'rb').read()[::-1])",
        files={"data/in.bin": base64.b64encode(b"\x00\xff").decode()},
        fetch_files=["out.bin", "missing"],
    )
    assert answer["status"] == "Success", answer
    assert {name: base64.b64decode(data) for name, data in answer["files"].items()} == {"out.bin": b"\xff\x00"}


def test_another_language_is_an_error_of_the_sandbox(server: Server) -> None:
    """Not of the program, which may be right."""
    answer = run(server, code="puts 1", language="ruby")
    assert answer["status"] == "SandboxError"
    assert "ruby" in answer["message"]


def test_submits_to_a_named_problem(server: Server) -> None:
    """The fenced program of a completion is judged; of private tests there is no input or output."""
    (dataset,) = requests.get(f"{server.url}/list_datasets", timeout=60).json()
    asked = {"dataset": dataset, "id": "sum-of-two", "config": {}}
    prompt = requests.post(f"{server.url}/get_prompt_by_id", json=asked, timeout=60).json()
    assert prompt["id"] == "sum-of-two"
    assert prompt["prompt"]
    right = "So:\n```python\nprint(sum(map(int, input().split())))\n```\n"
    answer = submit(server, **asked, completion=right)
    assert answer["accepted"]
    assert answer["extracted_code"].startswith("print(")
    assert all(test["passed"] for test in answer["tests"])
    assert any(test["test_info"] is None and test["exec_info"]["run_result"] is None for test in answer["tests"])
    for completion in ("```python\nprint(0)\n```", "no program", ""):
        assert not submit(server, **asked, completion=completion)["accepted"]


def test_submits_with_tests_of_its_own(server: Server) -> None:
    """They are told in full."""
    tests = [{"input": {"stdin": "1"}, "output": {"stdout": "2"}}, {"input": {"stdin": "5"}, "output": {"stdout": "7"}}]
    answer = submit(
        server,
        dataset="any",
        id=7,
        completion="```py\nprint(int(input()) * 2)\n```",
        config={"provided_data": {"id": 7, "test": tests}, "dataset_type": "CommonOJDataset", "run_timeout": 5},
    )
    assert (answer["id"], answer["accepted"], [test["passed"] for test in answer["tests"]]) == (7, False, [True, False])
    assert answer["tests"][1]["exec_info"]["run_result"]["stdout"] == "10\n"
    assert answer["tests"][1]["test_info"] == tests[1]
