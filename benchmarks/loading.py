"""What loading a large data set costs: time to the first problem, memory while iterating, time of a random problem.

Sets in the schema of CodeContests are made in a temporary folder (twice ``--gigabytes`` of disk, and as much again
for the copy that random access makes), as Parquet without compression in groups of 1,000 rows, and as JSON lines.
Each measurement is a process of its own, with empty caches of codegym's. "First problem" is ``load_problems`` and
``problems[0]``, after ``import datasets``, which is given beside it. Memory is the resident set, sampled every 1 % of
the problems; "growth" is its maximum over the last 90 % minus that over the first 10 %. The files were just written, so
that they are in the system's cache, as far as it is large enough: a disk adds to the times.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from common import options_parser, report, show

PAIRS = pa.struct([("input", pa.list_(pa.string())), ("output", pa.list_(pa.string()))])
SCHEMA = pa.schema(
    {
        "name": pa.string(),
        "description": pa.string(),
        "public_tests": PAIRS,
        "private_tests": PAIRS,
        "generated_tests": PAIRS,
        "difficulty": pa.int64(),
        "time_limit": pa.struct([("seconds", pa.int64()), ("nanos", pa.int64())]),
        "memory_limit_bytes": pa.int64(),
    }
)
GROUP = 1000

FIRST = """
import json, sys, time
started = time.perf_counter()
import datasets
imported = time.perf_counter()
import codegym
between = time.perf_counter()
problem = codegym.load_problems("code_contests", path=sys.argv[1])[0]
done = time.perf_counter()
assert problem.private_tests
print(json.dumps({"import datasets, s": imported - started, "first problem, s": done - between}))
"""

ITERATE = """
import json, sys, time
import datasets, codegym
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20
rows, samples, started = int(sys.argv[2]), [], time.perf_counter()
problems = codegym.load_problems("code_contests", path=sys.argv[1])
before = resident()
for number, problem in enumerate(problems):
    if number % max(1, rows // 100) == 0:
        samples.append(resident())
assert number == rows - 1
tenth = len(samples) // 10
print(json.dumps({
    "seconds": time.perf_counter() - started,
    "before, MB": before,
    "most, MB": max(samples),
    "growth, MB": max(samples[tenth:]) - max(samples[:tenth]),
}))
"""

RANDOM = """
import json, random, statistics, sys, time
import datasets, codegym
problems = codegym.load_problems("code_contests", path=sys.argv[1])
started = time.perf_counter()
count = len(problems)
counted = time.perf_counter()
problems[count // 2 + 100]
copied = time.perf_counter()
draw, times = random.Random(0), []
for _ in range(200):
    begun = time.perf_counter()
    problems[draw.randrange(count)]
    times.append(time.perf_counter() - begun)
print(json.dumps({
    "len, s": counted - started,
    "first random problem, s": copied - counted,
    "later ones, median ms": 1000 * statistics.median(times),
}))
"""


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--rows", type=int, default=5000, help="of the set for the first problem")
    parser.add_argument("--kilobytes", type=int, default=40, help="a row of that set")
    parser.add_argument("--gigabytes", type=float, default=2.0, help="size of the set that is iterated")
    options = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large_rows = int(options.gigabytes * 2**30 / (200 << 10))
        for form in ("parquet", "jsonl"):
            small = make(folder / f"small.{form}", options.rows, options.kilobytes)
            figures[f"{options.rows} rows, {size(small)}, {form}"] = measure(FIRST, small)
            small.unlink()
            large = make(folder / f"large.{form}", large_rows, 200)
            shown = f"{large_rows} rows, {size(large)}, {form}"
            figures[f"{shown}, iterated"] = measure(ITERATE, large, large_rows)
            figures[f"{shown}, random"] = measure(RANDOM, large)
            large.unlink()
    rows = [(name, what, f"{value:.2f}") for name, numbers in figures.items() for what, value in numbers.items()]
    show("loading", ("set", "", ""), rows)
    report(options, {f"{name}: {what}": [numbers[what]] for name, numbers in figures.items() for what in numbers})


def make(path: Path, rows: int, kilobytes: int) -> Path:
    """A set of so many rows of about that size."""
    if path.suffix == ".parquet":
        with pq.ParquetWriter(path, SCHEMA, compression="none") as writer:
            made = made_rows(rows, kilobytes)
            for start in range(0, rows, GROUP):
                group = [next(made) for _ in range(min(GROUP, rows - start))]
                writer.write_table(pa.Table.from_pylist(group, schema=SCHEMA), row_group_size=GROUP)
        return path
    with path.open("w") as file:
        for row in made_rows(rows, kilobytes):
            file.write(json.dumps(row) + "\n")
    return path


def made_rows(rows: int, kilobytes: int) -> Iterator[dict[str, Any]]:
    """Rows with twenty tests each, most of their size in those that are generated."""
    draw = random.Random(0)
    for number in range(rows):
        inputs = [draw.randbytes(kilobytes * 1024 // 40).hex() for _ in range(20)]
        tests = {"input": inputs, "output": [str(place) for place in range(20)]}
        yield {
            "name": f"{number}_A. Made up",
            "description": "Read a word and print a number.",
            "public_tests": {"input": ["a\n"], "output": ["1\n"]},
            "private_tests": {"input": ["b\n"], "output": ["2\n"]},
            "generated_tests": tests,
            "difficulty": 7,
            "time_limit": {"seconds": 2, "nanos": 0},
            "memory_limit_bytes": 256 << 20,
        }


def measure(script: str, path: Path, *arguments: int) -> dict[str, float]:
    """What a script prints in a fresh process with a cache of its own."""
    with tempfile.TemporaryDirectory(dir=path.parent) as cache:
        done = subprocess.run(
            [sys.executable, "-c", script, str(path), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"CODEGYM_CACHE": cache},
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def size(path: Path) -> str:
    """The size of a file, for people."""
    return f"{path.stat().st_size / 2**20:.0f} MB"


if __name__ == "__main__":
    main()
