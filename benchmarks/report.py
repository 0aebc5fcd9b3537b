"""How long the report of a large run takes, how much memory, and how soon its page is there.

The episodes are made up: programs and feedback of the built-in problems' size, each with words of its own so that they
do not compress better than real ones would.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from codegym import load_problems
from codegym.episode import Episode, TurnRecord
from codegym.report import load_runs, make_report, write_report

VERDICTS = ("wrong_answer", "runtime_error", "time_limit_exceeded", "compile_error")
WORDS = [f"{syllable}{number}" for syllable in ("total", "left", "seen", "key", "row", "best") for number in range(40)]


def episodes(count: int, seed: int) -> Iterator[Episode]:
    """Made-up episodes of up to three turns."""
    draw = random.Random(seed)
    problems = load_problems("builtin")
    for number in range(count):
        problem = problems[number % len(problems)]
        turns: list[TurnRecord] = []
        while len(turns) < 3 and not (turns and turns[-1].verdict == "accepted"):
            verdict = draw.choice(("accepted", *VERDICTS))
            lines = (problem.reference or "").splitlines() * 2
            lines += [f"    {' + '.join(draw.sample(WORDS, 4))} = {draw.random()}" for _ in range(8)]
            draw.shuffle(lines)
            program = "\n".join(lines)
            answer = f"Let me think: {' '.join(draw.choices(WORDS, k=60))}\n```python\n{program}\n```\n"
            public = (verdict, "accepted", "accepted")
            feedback = f"Your program fails. Expected {' '.join(draw.choices(WORDS, k=80))}"
            turns.append(TurnRecord(answer, program, verdict, public, feedback, 0.0, 1.5, 0.02, 900, 300))
        solved = turns[-1].verdict == "accepted" and draw.random() < 0.7
        verdict = "accepted" if solved else turns[-1].verdict if turns[-1].verdict != "accepted" else "wrong_answer"
        private = ("accepted",) * draw.randrange(9) + (verdict,)
        rollout = number // len(problems)
        yield Episode(
            problem.id, problem.difficulty, rollout, tuple(turns), solved, verdict, private, "", draw.random()
        )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=50_000)
    parser.add_argument("--out", type=Path, help="folder that is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        run = (options.out or Path(scratch)) / "large-run"
        run.mkdir(parents=True, exist_ok=True)
        problems = load_problems("builtin")
        about = {"settings": {"agent": "made-up", "turns": 3, "feedback": "all_failures"}}
        about |= {"problems": {"name": "builtin", "hash": problems.content_hash}}
        (run / "run.json").write_text(json.dumps(about))
        with (run / "episodes.jsonl").open("w") as file:
            file.writelines(episode.to_json() + "\n" for episode in episodes(options.episodes, 0))
        size = (run / "episodes.jsonl").stat().st_size >> 20
        started = time.monotonic()
        report = make_report(load_runs([run]), [(1, 3), (10, 100)])
        read = time.monotonic()
        files = write_report(report, run)
        ended = time.monotonic()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{options.episodes} episodes, {size} MB: read and summed up in {read - started:.1f} s, written in")
        print(f"{ended - read:.1f} s, {ended - started:.1f} s in all, at most {peak} MB of memory")
        print(f"page: {files['html'].stat().st_size >> 20} MB")


if __name__ == "__main__":
    main()
