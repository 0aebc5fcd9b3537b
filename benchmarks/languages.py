"""Test runs a second of a compiled program, beside those of Python's, in the same minutes.

The program adds two numbers. Both languages take turns in every round, for the same time, with one worker and one
client; rates are medians over the rounds, ``x Python`` the median of the ratios within each round. The compiled program
has been compiled before; how long that took is shown too.

Where noise enters: other guests of the machine (the ratio holds better than the rates). A start of a compiled program
asks the processor what it is, which on a virtual machine may cost more than all the rest.
"""

import statistics
import time

from common import INPUT, LIMITS, TINY, kinds_option, options_parser, out, rate, report, show, spread, working

from codegym import Sandbox

SOURCE = '#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << "\\n"; }\n'
PROGRAMS = {"python": TINY.source, "cpp": SOURCE}


def batch(sandbox: Sandbox, language: str, tests: int) -> int:
    """Run the program of a language on so many tests; how many there were."""
    runs = sandbox.execute(PROGRAMS[language], [INPUT] * tests, LIMITS, language=language)
    assert all(run.stdout == TINY.output for run in runs), runs[0]
    return len(runs)


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    kinds_option(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.7, help="of each language in each round")
    options = parser.parse_args()
    rows, figures = [], []
    with working(options.sandbox, 1) as sandboxes:
        for kind, sandbox in sandboxes.items():
            began = time.perf_counter()
            batch(sandbox, "cpp", 1)
            compiling = time.perf_counter() - began
            for tests in (1, 10, 100):
                rates: dict[str, list[float]] = {language: [] for language in PROGRAMS}
                for _ in range(options.rounds):
                    for language in PROGRAMS:
                        rates[language].append(
                            rate(lambda language=language: batch(sandbox, language, tests), options.seconds)  # type: ignore[misc]  # noqa: B023
                        )
                ratio = statistics.median(
                    compiled / python for compiled, python in zip(rates["cpp"], rates["python"], strict=True)
                )
                python, compiled = (statistics.median(rates[language]) for language in PROGRAMS)
                figures.append(
                    {"sandbox": kind, "tests": tests, "python": python, "cpp": compiled, "ratio": ratio}
                    | {"compile_s": compiling}
                )
                rows.append(
                    (
                        f"{kind}, {tests} test{'s' * (tests > 1)}",
                        f"{python:.3g}",
                        f"{compiled:.3g}",
                        spread(rates["cpp"]),
                        f"{ratio:.2f}",
                    )
                )
            out.print(f"{kind}: the first run took {compiling:.2f} s, with starting the box and compiling")
    show("Languages", ("", "Python, runs a second", "C++, runs a second", "", "x Python"), rows)
    report(options, {"ways": figures})


if __name__ == "__main__":
    main()
