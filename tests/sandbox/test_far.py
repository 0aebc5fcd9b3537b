"""Sandboxes whose boxes are elsewhere meet the same contract as those on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from codegym import Limits, Sandbox, judge, make_sandbox
from codegym.datasets import load_problems
from codegym.errors import SandboxError, SandboxUnavailable, UsageError
from codegym.sandbox.conformance import CHECKS, Check
from codegym.sandbox.factory import FAR_KINDS
from tests.conftest import need, need_language
from tests.served import serving


@pytest.fixture(scope="module", params=FAR_KINDS)
def far(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Each of them in turn, over bubblewrap."""
    need("bubblewrap")
    if request.param == "ray":
        pytest.importorskip("ray", reason="the extra 'ray' is not installed")
        with make_sandbox("ray", workers=2, local="bubblewrap") as sandbox:
            yield sandbox
    else:
        pytest.importorskip("fastapi", reason="the extra 'server' is not installed")
        with (
            serving("--sandbox", "bubblewrap", "--workers", "2", CODEGYM_TOKEN="t0ken") as server,
            make_sandbox("http", url=server.url, token="t0ken") as sandbox,
        ):
            yield sandbox


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Check, far: Sandbox) -> None:
    """Each named check of the contract holds."""
    check(far)


def test_judges_every_kind_of_problem(far: Sandbox) -> None:
    """Functions, validators and programs that talk have the verdicts that they have on this machine."""
    for problem in load_problems("builtin"):
        if problem.checker.type in ("interactor", "validator"):
            for program in problem.programs[:2]:
                if program.language == "python":
                    judgement = judge(program.source, problem, sandbox=far, split="both")
                    assert judgement.verdict == program.label, (problem.id, program.name)


def test_compiles(far: Sandbox) -> None:
    """C++ runs where the far machine has a compiler, and a mistake in it is a compile error."""
    need_language(far)
    right = '#include <cstdio>\nint main() { int n; scanf("%d", &n); printf("%d", 2 * n); }'
    runs = far.execute(right, [b"4", b"5"], Limits(), language="cpp")
    assert [run.stdout for run in runs] == [b"8", b"10"]
    (run,) = far.execute("int main( {", [b""], Limits(), language="cpp")
    assert run.status == "compile_error"
    assert b"main.cpp" in run.stderr


def test_tells_of_its_workers_and_protections(far: Sandbox) -> None:
    """As a sandbox on this machine does."""
    assert getattr(far, "workers") == 2  # noqa: B009
    assert len(far.protections()) > 3


def test_bad_use_is_told_as_such(far: Sandbox) -> None:
    """An error of the caller's arrives as one, in the words of the sandbox there."""
    with pytest.raises(UsageError, match="function is to be called"):
        far.execute("x", [b""], Limits(), language="cpp", entry_point="f")
    with pytest.raises(UsageError, match="cobol"):
        far.execute("x", [b""], Limits(), language="cobol")


def test_a_closed_one_refuses() -> None:
    """Closing twice is fine, executing after it is not."""
    sandbox = make_sandbox("http", url="http://127.0.0.1:9")
    sandbox.close()
    sandbox.close()
    with pytest.raises(SandboxError, match="closed"):
        sandbox.execute("x", [b""], Limits())


def test_no_server_is_unavailable() -> None:
    """Where nothing listens, the message says how to start something."""
    with make_sandbox("http", url="http://127.0.0.1:9") as sandbox, pytest.raises(SandboxUnavailable, match="serve"):
        sandbox.execute("x", [b""], Limits())


@pytest.mark.parametrize("options", [{}, {"url": "ftp://x"}, {"url": "http://x", "workers": 0}])
def test_the_client_wants_a_url(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, there is one clear sentence."""
    monkeypatch.delenv("CODEGYM_URL", raising=False)
    with pytest.raises(UsageError, match="expected"):
        make_sandbox("http", **options)


@pytest.mark.parametrize("options", [{"workers": 0}, {"local": "scripted"}, {"nonsense": 1}])
def test_the_ray_sandbox_wants_good_options(options: dict[str, Any]) -> None:
    """Before anything starts."""
    pytest.importorskip("ray", reason="the extra 'ray' is not installed")
    with pytest.raises(UsageError, match="expected"):
        make_sandbox("ray", **options)
