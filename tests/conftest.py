"""Fixtures, and the rule for what may be skipped.

Tests that need a Docker engine or bubblewrap skip with the reason where there is none, unless the environment variable
``CODEGYM_REQUIRE`` (``docker,bubblewrap,cpp``) names it: then they fail. So do those that need a compiler.
"""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from codegym import Sandbox, SandboxError, make_sandbox
from codegym.sandbox.factory import REAL_KINDS, try_out

REQUIRED = os.environ.get("CODEGYM_REQUIRE", "").split(",")


@cache
def why_not(kind: str) -> str:
    """Why a backend does not work here; empty if it does."""
    try:
        with make_sandbox(kind, workers=1) as sandbox:
            try_out(sandbox)
    except SandboxError as error:
        return str(error)
    return ""


def need(kind: str) -> None:
    """Skip, or fail if it is required, where a backend does not work."""
    if reason := why_not(kind):
        if kind in REQUIRED:
            pytest.fail(f"{kind} is required, but: {reason}")
        pytest.skip(f"{kind}: {reason}")


def need_language(sandbox: Sandbox, language: str = "cpp") -> None:
    """Skip, or fail if it is required, where a sandbox cannot run a language."""
    if language not in sandbox.languages():
        if language in REQUIRED:
            pytest.fail(f"{language} is required, but {sandbox.kind} cannot run it here")
        pytest.skip(f"{sandbox.kind}: its boxes have no {language}")


@pytest.fixture(scope="session", params=REAL_KINDS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Each real backend in turn, two workers."""
    need(request.param)
    with make_sandbox(request.param, workers=2) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def any_sandbox() -> Iterator[Sandbox]:
    """One real backend, whichever works; for tests of what lies above it."""
    need("bubblewrap" if not why_not("bubblewrap") else "docker")
    with make_sandbox("bubblewrap" if not why_not("bubblewrap") else "docker", workers=2) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a test run reaches the user's cache."""
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    """A sound problem file to change."""
    path = tmp_path / "double.yaml"
    path.write_text(SOUND)
    return path


SOUND = """\
id: double
title: Twice a number
difficulty: easy
tags: [numbers]
kind: stdin
statement: |
  Read an integer and print twice its value.
limits: {cpu_s: 1, memory_mb: 64}
public_tests:
  - {input: "1\\n", output: "2\\n"}
  - {input: "2\\n", output: "4\\n"}
private_tests:
  - {input: "0\\n", output: "0\\n"}
  - {input: "-3\\n", output: "-6\\n"}
generator:
  seed: 1
  count: 8
  source: |
    seed, index = map(int, input().split())
    print(10 + seed * 100 + index)
reference: |
  print(int(input()) * 2)
starter: |
  print(int(input()) + 2)
programs:
  - name: adds
    label: accepted
    source: |
      n = int(input())
      print(n + n)
  - name: magnitude
    label: wrong_answer
    fails: private
    source: |
      print(abs(int(input())) * 2)
  - name: squares
    label: wrong_answer
    fails: public
    source: |
      print(int(input()) ** 2)
  - name: crashes
    label: runtime_error
    source: |
      print(1 // 0)
"""
