"""Every attack of ``tests/attacks_cpp``, a program in C++, ends as its header says, and the next programs do as well.

Headers are those of :mod:`tests.sandbox.test_attacks`. What is named ``compile_`` attacks while it is compiled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegym import Execution, Sandbox
from codegym.sandbox.compiled import COMPILE_LIMITS
from tests.conftest import need_language
from tests.sandbox.test_attacks import HEALTH, INPUT, KEYS, Arena, Attack, examine_again, most_cpu_s, read

FOLDER = Path(__file__).parent.parent / "attacks_cpp"
FAMILIES = {"resource", "escape", "compile"}
TWICE = "#include <iostream>\nint main() { long n; std::cin >> n; std::cout << 2 * n; }\n"
LONGEST_COMPLAINT = 1 << 16


@dataclass(frozen=True)
class NativeAttack(Attack):
    def run(self, sandbox: Sandbox) -> Execution:
        (run,) = sandbox.execute(self.source, [INPUT], self.limits, language="cpp")
        return run


def read_native(path: Path) -> NativeAttack:
    attack = read(path, "//")
    return NativeAttack(attack.name, attack.source, attack.header)


ATTACKS = [read_native(path) for path in sorted(FOLDER.glob("*.cpp"))]


@pytest.fixture(scope="module")
def arena(sandbox: Sandbox) -> Iterator[Arena]:
    """For each backend that works here and has a compiler."""
    need_language(sandbox)
    arena = Arena(sandbox.kind)
    yield arena
    arena.sandbox.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_is_contained(attack: NativeAttack, arena: Arena) -> None:
    """It ends as it must, leaves no trace, and programs in both languages run after it as before."""
    with arena as sandbox:
        run = attack.run(sandbox)
        assert b"reached:" not in run.stdout, run
        assert run.status in attack.statuses or sandbox.kind == "landlock", run
        if run.status == "ok":
            assert run.stdout.decode() == attack.header["Stdout"] + "\n", run
        most = COMPILE_LIMITS if run.status == "compile_error" else attack.limits
        assert run.cpu_s < most_cpu_s(sandbox, most), run
        assert run.wall_s < most.wall_seconds + 2, run
        assert len(run.stdout) <= attack.limits.output_bytes
        assert len(run.stderr) <= (LONGEST_COMPLAINT if run.status == "compile_error" else attack.limits.output_bytes)
        (after,) = sandbox.execute(TWICE, [b"21"], HEALTH, language="cpp")
        assert (after.status, after.stdout) == ("ok", b"42"), after
        examine_again(sandbox, arena.usual)


def test_corpus_is_well_formed() -> None:
    """Some twenty attacks of three families, each with a header that says what must come."""
    assert len(ATTACKS) >= 20
    assert {attack.name.partition("_")[0] for attack in ATTACKS} == FAMILIES
    for attack in ATTACKS:
        assert {"Tries", "Must", "Status"} <= set(attack.header) <= KEYS, attack.name
        assert "Stdout" in attack.header or "ok" not in attack.statuses, attack.name
        assert attack.limits.wall_seconds <= 12, attack.name
