"""An episode played by a person at a terminal."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from codegym.env import CodeRepairEnv
from codegym.errors import UsageError


def play_episode(
    problem_id: str | None,
    *,
    source: str,
    path: Path | None = None,
    file: Path | None,
    turns: int,
    language: str = "python",
    sandbox: str,
) -> bool:
    """Play to the end or to the person's leaving; whether the problem was solved.

    Args:
        problem_id: which problem; None to draw one.
        source: of the problems.
        path: where the files of a named source lie; None for where it is published.
        file: the person edits this file (with ``$EDITOR`` if set) instead of typing programs.
        turns: at most.
        language: what programs are written in.
        sandbox: its kind.
    """
    env = CodeRepairEnv(
        source,
        problem_options={} if path is None else {"path": path},
        max_turns=turns,
        language=language,
        sandbox=sandbox,
    )
    try:
        observation, _ = env.reset(options={} if problem_id is None else {"problem_id": problem_id})
        print(observation["problem"])
        if file and not file.exists():
            file.write_text(env.problem.starter or "")
        while True:
            program = _typed(observation["turns_left"]) if file is None else _edited(file, observation["turns_left"])
            if program is None:
                print("left the episode")
                return False
            observation, reward, ended, _, info = env.step(program)
            print(f"\n{observation['dialogue'][-1]['feedback']}\n")
            if ended:
                private = info["private"]
                print(f"private tests: {private['verdict']}; reward {reward:+g}")
                return bool(info["solved"])
    except OSError as error:
        raise UsageError(f"expected a file that can be read and written, got {file}: {error.strerror}") from None
    finally:
        env.close()


def _typed(turns_left: int) -> str | None:
    print(f"({turns_left} turns left) Type a program, then a line with a single '.'; or 'quit'.")
    lines: list[str] = []
    for line in sys.stdin:
        if line.strip() == "quit" and not lines:
            return None
        if line.strip() == ".":
            return "".join(lines)
        lines.append(line)
    return "".join(lines) or None


def _edited(file: Path, turns_left: int) -> str | None:
    editor = os.environ.get("EDITOR")
    print(f"({turns_left} turns left) Edit {file}, then press Enter; or type 'quit'.")
    if editor and sys.stdin.isatty():
        subprocess.run([*shlex.split(editor), str(file)], check=False)
    answer = sys.stdin.readline()
    if not answer or answer.strip() == "quit":
        return None
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"expected a program in UTF-8, got other bytes in {file}") from None
