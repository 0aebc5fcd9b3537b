"""The rooms of the house: which module may speak to which, and what importing the package does."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import codegym

PACKAGE = Path(codegym.__file__).parent
MODULES = {
    ".".join(("codegym", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "_data" not in path.relative_to(PACKAGE).parts
}

PLAIN = {"errors", "problem", "verdict"}
STEP = PLAIN | {"judge", "feedback", "reward", "spaces", "datasets", "sandbox"}
ROOMS: dict[str, set[str]] = {
    # room: the rooms that it may import, beside itself
    "errors": set(),
    "values": set(),
    "locations": set(),
    "version": set(),
    "languages": {"errors"},
    "signature": {"values"},
    "functions": PLAIN | {"checker", "generated", "locations", "sandbox", "signature", "values"},
    "mutations": set(),
    "spaces": set(),
    "problem": {"errors"},
    "verdict": {"problem"},
    "checker": {"problem", "verdict"},
    "sandbox": {"errors", "languages", "problem", "values", "locations"},
    "generated": {"errors", "problem", "values", "locations", "signature", "sandbox"},
    "datasets": PLAIN | {"functions", "generated", "locations", "mutations", "signature", "values", "version"},
    "validation": PLAIN | {"languages", "values", "sandbox"},
    "interactive": PLAIN | {"checker", "validation", "sandbox"},
    "judge": PLAIN
    | {"checker", "functions", "generated", "interactive", "languages", "sandbox", "validation", "values"},
    "feedback": PLAIN | {"functions", "languages", "values"},
    "reward": PLAIN,
    "episode": {"errors"},
    "audit": PLAIN | {"checker", "datasets", "generated", "judge", "running", "sandbox", "values", "version"},
    "check": PLAIN | {"audit", "generated", "sandbox"},
    "threads": {"errors"},
    "observations": PLAIN | {"spaces"},
    "process": STEP | {"languages", "observations"},
    "env": STEP | {"observations", "process", "threads"},
    "batches": {"errors", "spaces"},
    "vector": {"batches", "datasets", "env", "errors", "threads"},
    "wrappers": PLAIN | {"env", "episode", "feedback", "languages", "mutations", "spaces"},
    "integrations": {"datasets", "env", "errors", "feedback", "languages", "threads", "vector", "wrappers"},
    "running": {"errors"},
    "metrics": {"errors"},
    "bench": STEP | {"env", "languages", "process", "episode", "locations", "running", "wrappers", "version"},
    "report": {"bench", "datasets", "episode", "errors", "feedback", "languages", "metrics", "problem", "process"}
    | {"running", "version"},
    "export": {
        "bench",
        "datasets",
        "episode",
        "errors",
        "feedback",
        "languages",
        "process",
        "problem",
        "report",
        "version",
    },
    "play": {"env", "errors"},
    "server": STEP | {"env", "languages", "process", "threads", "version", "wrappers"},
    "progress": {"episode"},
}
COMMANDS = {"bench_command", "bench_request", "bench_tables", "check_command"}
EVERYTHING = COMMANDS | {"cli", "cli_bench", "cli_options", "cli_problems", "cli_report", "cli_serve", "tables", ""}
"""The command line, and the package root, which nobody imports."""


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imported(module: str, *, top_level: bool = False) -> set[str]:
    """The modules of codegym that a module imports, anywhere in it or only when it is itself imported."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in _outside_functions(tree) if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            base = node.module or ""
            inside = {f"{base}.{alias.name}" for alias in node.names}
            found |= inside & set(MODULES) if inside <= set(MODULES) else (inside & set(MODULES)) | {base}
    return {name for name in found if name.partition(".")[0] == "codegym"}


def _outside_functions(tree: ast.AST) -> list[ast.AST]:
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        skipped = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        )
        if not skipped:
            nodes += ast.iter_child_nodes(node)
    return nodes


def test_every_module_has_a_room() -> None:
    """A new module is put into the table, or this test fails."""
    assert {room(module) for module in MODULES} == set(ROOMS) | EVERYTHING


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) not in EVERYTHING])
def test_a_room_imports_only_what_it_may(module: str) -> None:
    """No module imports, even within a function, from a room that its own may not know."""
    wrong = {name for name in imported(module) if room(name) not in ROOMS[room(module)] | {room(module), ""}}
    assert not wrong


def test_the_table_of_rooms_has_no_cycle() -> None:
    """Rooms can be put in an order in which each knows only those before it."""
    left = dict(ROOMS)
    while left:
        free = [name for name, may in left.items() if not may & left.keys() - {name}]
        assert free, f"a cycle among {sorted(left)}"
        for name in free:
            del left[name]


def test_modules_import_each_other_in_no_cycle() -> None:
    """The modules themselves, packages' own files included, form no cycle when they are imported."""
    left = {module: imported(module, top_level=True) - {module} for module in MODULES}
    while left:
        free = [module for module, uses in left.items() if not uses & left.keys()]
        assert free, f"a cycle among {sorted(left)}"
        for module in free:
            del left[module]


@pytest.mark.parametrize("module", [module for module in MODULES if module != "codegym"])
def test_nobody_imports_from_the_package_root(module: str) -> None:
    """No module asks the root for a name when it is imported; asking it for a submodule is not that."""
    assert "codegym" not in imported(module, top_level=True)


def test_the_sandbox_never_sees_a_test() -> None:
    """Of the problem's room the sandbox's rooms take ``Limits`` and nothing else."""
    taken: set[str] = set()
    for module in MODULES:
        if room(module) == "sandbox":
            for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "codegym.problem":
                    taken |= {alias.name for alias in node.names}
    assert taken == {"Limits"}


def test_the_boxs_own_half_never_imports_codegym() -> None:
    """What runs in the box uses the standard library and its neighbours only."""
    from codegym.locations import box_files

    for name, text in box_files().items():
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in (imported_name.partition(".")[0] for imported_name in names):
                assert top in sys.stdlib_module_names or f"{top}.py" in box_files(), f"{name} imports {top}"


def fresh(script: str) -> str:
    """What a script prints in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


HEAVY = ["docker", "datasets", "yaml", "rich", "typer", "ray", "torch", "transformers", "openai", "requests"]
HEAVY += [
    "inspect_ai",
    "jinja2",
    "matplotlib",
    "sacrebleu",
    "tensorboardX",
    "stable_baselines3",
    "trl",
    "fastapi",
    "uvicorn",
]


@pytest.mark.parametrize("name", HEAVY)
def test_import_loads_nothing_heavy(name: str) -> None:
    """``import codegym`` loads none of the libraries that only parts of it need, beyond what Gymnasium loads."""
    script = "import sys, gymnasium; before = set(sys.modules); import codegym; print(*(set(sys.modules) - before))"
    loaded = {module.partition(".")[0] for module in fresh(script).split()}
    assert name not in loaded
    assert "codegym" in loaded


def test_import_registers_and_does_nothing_else() -> None:
    """Importing prints nothing, starts no thread or process, changes no environment, and registers one id."""
    script = (
        "import os, threading, gymnasium as gym\n"
        "before = set(gym.registry), dict(os.environ), os.getcwd(), set(os.listdir('/proc/self/fd'))\n"
        "import codegym\n"
        "after = set(gym.registry), dict(os.environ), os.getcwd(), set(os.listdir('/proc/self/fd'))\n"
        "assert after[1:] == before[1:] and threading.active_count() == 1\n"
        "print(*sorted(after[0] - before[0]))\n"
    )
    assert fresh(script) == "CodeRepairEnv-v0\n"


def test_all_is_sorted_and_complete() -> None:
    """``__all__`` has every public name that the root defines or imports, in order, and no other."""
    tree = ast.parse(MODULES["codegym"].read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "codegym"
        for alias in node.names
    }
    assert codegym.__all__ == sorted(names)
    assert all(getattr(codegym, name) is not None for name in codegym.__all__)


@pytest.mark.parametrize("module", [name for name, path in MODULES.items() if path.name == "__init__.py"])
def test_every_package_has_a_sorted_all(module: str) -> None:
    """Each package's public names are sorted, and are there."""
    script = (
        f"import {module} as m; assert m.__all__ == sorted(m.__all__); print(all(hasattr(m, n) for n in m.__all__))"
    )
    assert fresh(script) == "True\n"
