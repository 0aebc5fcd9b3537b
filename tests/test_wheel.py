"""The wheel alone does the work: installed in a clean environment, with the checkout out of reach."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import need, why_not

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are those of the environment that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("codegym-*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    # A path added this way brings packages, but not the links to checkouts that lie among them.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the fresh environment, in an empty folder."""
    need("bubblewrap" if not why_not("bubblewrap") else "docker")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    environment = {
        "PATH": f"{folder}/venv/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "CODEGYM_CACHE": str(folder / "cache"),
    }
    if not why_not("bubblewrap"):
        environment["DOCKER_HOST"] = "unix:///nonexistent"
    elif "DOCKER_HOST" in os.environ:
        environment["DOCKER_HOST"] = os.environ["DOCKER_HOST"]
    return subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=300)


def test_the_checkout_is_out_of_reach(installed: Path) -> None:
    """What is imported is the wheel, with types, problems and the box's half inside it."""
    code = "import codegym, codegym.locations as l; print(codegym.__file__, l.problems_folder(), l.sandbox_folder())"
    done = run(installed, "python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert all(path.startswith(str(installed)) for path in done.stdout.split())
    package = next((installed / "venv" / "lib").glob("python*/site-packages/codegym"))
    assert (package / "py.typed").exists()
    assert (package / "_data" / "sandbox" / "Dockerfile").exists()


def test_judges_a_program(installed: Path) -> None:
    """A right program is accepted and a wrong one is not, by exit status and in words."""
    (installed / "right.py").write_text("print(sum(map(int, input().split())))\n")
    (installed / "wrong.py").write_text("print(3)\n")
    for name, status in (("right", 0), ("wrong", 1)):
        done = run(installed, "codegym", "judge", "sum-of-two", f"../{name}.py", "--json")
        assert done.returncode == status, done.stderr
        assert json.loads(done.stdout)["accepted"] is (status == 0)


def test_benchmarks_an_agent(installed: Path) -> None:
    """Every built-in problem is solved by ``repair`` in two turns."""
    done = run(installed, "codegym", "bench", "--agent", "repair", "--json")
    assert done.returncode == 0, done.stderr
    total = json.loads(done.stdout)["groups"][0]
    assert total["episodes"] >= 80
    assert (total["rate"], total["turns"]) == (1.0, 2.0)
