"""A benchmark that is killed (signal 9) at random moments and resumed each time, against one that is left alone.

The agent chooses among right, wrong and failing programs by the seed that it is given, so that episodes differ and yet
are the same in both runs. At the end each episode must be there once, with the same answers, verdicts and feedback.
"""

import contextlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from common import options_parser, report

from codegym.episode import Episode

PROBLEM = """\
id: times-{n}
title: Times {n}
difficulty: easy
tags: [numbers]
kind: stdin
statement: |
  Read an integer and print {n} times its value.
limits: {{cpu_s: 5, memory_mb: 64}}
public_tests:
  - {{input: "1\\n", output: "{n}\\n"}}
private_tests:
  - {{input: "-3\\n", output: "-{m}\\n"}}
reference: |
  print(int(input()) * {n})
"""
AGENT = """\
import random
import re
import time


class Agent:
    concurrent = True

    def answer(self, observation, context):
        chance = random.Random(context.seed)
        time.sleep(chance.random() / 100)
        n = re.search(r"Times (\\d+)", observation["problem"])[1]
        programs = [f"print(int(input()) * {n})", f"print(abs(int(input())) * {n})", "print('no')", "1 / 0", ""]
        return f"# {chance.random()}\\n" + chance.choice(programs)
"""


def begin(folder: Path, out: str, options: list[str]) -> subprocess.Popen[bytes]:
    """Start or go on with a run."""
    command = [sys.executable, "-m", "codegym.cli", "bench", "--agent", "python:seeded:Agent", "--problems", "set"]
    return subprocess.Popen(
        [*command, *options, "--out", out, "--resume", "--json"], cwd=folder, stdout=subprocess.PIPE
    )


def records(file: Path) -> int:
    """How many lines there are."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_bytes().count(b"\n")
    return 0


def disturbed(folder: Path, options: list[str], episodes: int, kills: int, chance: random.Random) -> int:
    """Run to the end through so many kills; how many of them came while there was something to kill."""
    file = folder / "killed" / "episodes.jsonl"
    moments = sorted(chance.randrange(episodes) for _ in range(kills))
    done = 0
    for moment in moments:
        process = begin(folder, "killed", options)
        while records(file) < moment and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.random() / 20)
        process.send_signal(signal.SIGKILL)
        done += process.wait() == -signal.SIGKILL
        if process.stdout:
            process.stdout.close()
    process = begin(folder, "killed", options)
    process.communicate()
    if process.returncode:
        sys.exit(f"the last resumption ended with {process.returncode}")
    return done


def main() -> None:
    """Run both and compare."""
    parser = options_parser(__doc__)
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--sandbox", default="bubblewrap")
    parser.add_argument("--concurrency", type=int, default=4)
    options = parser.parse_args()
    problems = 10
    rollouts = max(1, options.episodes // problems)
    words = ["--sandbox", options.sandbox, "--rollouts", str(rollouts), "--concurrency", str(options.concurrency)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeded.py").write_text(AGENT)
        (folder / "set").mkdir()
        for n in range(2, 2 + problems):
            (folder / "set" / f"times-{n}.yaml").write_text(PROBLEM.format(n=n, m=3 * n))
        killed = disturbed(folder, words, problems * rollouts, options.kills, random.Random(options.seed))
        alone = begin(folder, "alone", words)
        alone.communicate()
        files = [folder / run / "episodes.jsonl" for run in ("killed", "alone")]
        runs = [[Episode.from_json(line) for line in file.read_text().splitlines()] for file in files]
    counts, wanted = (Counter((e.problem_id, e.rollout) for e in run) for run in runs)
    twice, missing = sum((counts - wanted).values()), sum((wanted - counts).values())
    by_key = {(e.problem_id, e.rollout): e for e in runs[1]}
    other = sum(e != by_key.get((e.problem_id, e.rollout)) for e in runs[0])
    failed = sum(bool(e.error) for run in runs for e in run)
    verdicts = Counter(e.verdict for e in runs[1])
    print(f"{len(runs[1])} episodes undisturbed: {dict(verdicts)}")
    print(
        f"{killed} kills of {options.kills}: {twice} episodes twice, {missing} missing, {other} other, {failed} failed"
    )
    report(options, {"kills": killed, "twice": twice, "missing": missing, "other": other, "failed": failed})
    sys.exit(1 if twice or missing or other or failed or len(runs[1]) != problems * rollouts else 0)


if __name__ == "__main__":
    main()
