"""Compiled programs: compiled once, held and measured as Python's are, and told apart by nothing else."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gymnasium as gym
import pytest

from codegym import Execution, Limits, Sandbox, TestCase, Verdict, cli, judge, make_sandbox, values
from codegym.datasets import ProblemSet
from codegym.errors import SandboxUnavailable, UsageError
from codegym.languages import LANGUAGES, Language, find_language
from codegym.sandbox.base import Input, Status
from codegym.sandbox.compiled import Compiler
from codegym.sandbox.pool import BoxPool
from tests.conftest import SOUND, need, need_language, why_not
from tests.fakes import make_function_problem, make_problem

SMALL = Limits(cpu_s=1.0, wall_s=4.0, memory_bytes=64 << 20, output_bytes=1 << 20)
TWICE = "#include <iostream>\nint main() { long n; std::cin >> n; std::cout << 2 * n << '\\n'; }\n"
HOG = "#include <vector>\nint main() { std::vector<std::vector<char>> v; for (;;) v.emplace_back(1 << 20, 1); }\n"


@pytest.fixture(scope="module")
def box(sandbox: Sandbox) -> Sandbox:
    """Each real backend that has a compiler."""
    need_language(sandbox)
    return sandbox


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The sources that are compiled."""
    seen: list[bytes] = []
    compile_ = Compiler._compile

    def noted(self: Compiler, source: bytes, *rest: object) -> object:
        seen.append(source)
        return compile_(self, source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Compiler, "_compile", noted)
    return seen


def run(box: Sandbox, program: str, data: bytes = b"", language: str = "cpp", limits: Limits = SMALL) -> Execution:
    (execution,) = box.execute(program, [data], limits, language=language)
    return execution


def main(body: str, *headers: str) -> str:
    return "".join(f"#include <{name}>\n" for name in (*headers, "iostream", "unistd.h")) + f"int main() {{ {body} }}\n"


def test_each_input_has_a_fresh_process(box: Sandbox) -> None:
    """Outputs come in the order of the inputs, and nothing of one run is left in the next."""
    program = main(
        'int n; std::cin >> n; static int runs; std::ofstream("left") << n; std::cout << n * 2 + runs++;', "fstream"
    )
    runs = box.execute(program, [b"%d" % n for n in range(25)], SMALL, language="cpp")
    assert [one.stdout for one in runs] == [b"%d" % (2 * n) for n in range(25)]
    look = run(
        box,
        main(
            'for (auto p : {".", "/tmp", "/dev/shm"}) if (!access(p, W_OK)) system(("ls -A " + '
            "std::string(p)).c_str());"
        ),
    )
    assert (look.status, look.stdout) == ("ok", b"")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("for (;;);", "time_limit_exceeded", b""),
        ("fork(); fork(); for (;;);", "time_limit_exceeded", b""),
        ("pause();", "time_limit_exceeded", b""),
        ('for (;;) puts("flood");', "output_limit_exceeded", b""),
        ("return 3;", "runtime_error", b"ended with exit status 3"),
        ("*(volatile int *)0 = 1;", "runtime_error", b"SIGSEGV"),
        ("volatile int zero = 0; return 7 / zero;", "runtime_error", b"SIGFPE"),
        ('throw "thrown";', "runtime_error", b"SIGABRT"),
        (
            "struct { int f(int n) { volatile char a[999]; a[0] = 0; return f(n + 1) + a[0]; } } a; return a.f(0);",
            "runtime_error",
            b"stack",
        ),
        ("std::string all(1ll << 40, 1); std::cout << all;", "memory_limit_exceeded", b""),
    ],
)
def test_what_stops_a_program_is_its_status(box: Sandbox, body: str, status: Status, words: bytes) -> None:
    """Limits and signals have the statuses of Python's, and words where the program has none."""
    one = run(box, main(body))
    assert one.status == status
    assert words in one.stderr
    assert one.wall_s < 16
    assert run(box, TWICE, b"4").stdout == b"8\n"


def test_memory_is_bounded_and_measured(box: Sandbox) -> None:
    """Allocating ever more ends at the limit; what is within it is measured near the truth, and is no failure."""
    slow = Limits(cpu_s=6.0, wall_s=30.0, memory_bytes=64 << 20)  # a loaded machine takes long to touch pages
    assert run(box, HOG, limits=slow).status == "memory_limit_exceeded"
    within = run(box, main("std::vector<char> all(50 << 20, 1); return all[7] - 1;", "vector"))
    assert within.status == "ok"
    assert 50 << 20 <= within.memory_bytes < 60 << 20


def test_memory_is_its_own_after_a_large_program(box: Sandbox) -> None:
    """The most that the runner ever held, for a large program's code, is not the next program's peak."""
    large = "".join(f"x='{n:05}'*819\n" for n in range(6000))
    assert box.execute(large, [b""] * 2, Limits(cpu_s=5, memory_bytes=128 << 20))[0].status == "ok"
    assert run(box, main("std::cout << 1;")).memory_bytes < 24 << 20


def test_deep_recursion_has_a_deep_stack(box: Sandbox) -> None:
    """A hundred megabytes of stack are there, where the limit of memory allows them."""
    program = "int f(int n) { volatile char room[90]; room[0] = n; return n ? f(n - 1) + room[0] % 1 : 0; }\n"
    assert run(box, program + "int main() { return f(700000); }", limits=Limits(cpu_s=2)).status == "ok"


def test_threads_can_be_started(box: Sandbox) -> None:
    """Within a small limit of memory too."""
    program = main(
        "std::vector<std::thread> all; for (int i = 0; i < 6; i++) all.emplace_back([] {}); "
        "for (auto &one : all) one.join(); std::cout << all.size();",
        "thread",
        "vector",
    )
    assert run(box, program).stdout == b"6"


def test_standards_can_be_named(box: Sandbox) -> None:
    """A program of a newer standard compiles under its name and not under the default one."""
    program = "#include <concepts>\nstatic_assert(std::integral<int>);\nint main() {}\n"
    assert run(box, program, language="cpp20").status == "ok"
    assert run(box, program).status == "compile_error"


def test_sanitizers_name_what_is_undefined(box: Sandbox) -> None:
    """What an ordinary build lets pass is an error with the line; a sound program gives what it gives else."""
    program = main("int all[3] = {}; volatile int index = 3; std::cout << all[index];")
    found = run(box, program, language="cpp-sanitize")
    assert found.status == "runtime_error"
    assert b"main.cpp:3" in found.stderr
    assert b"index 3 out of bounds" in found.stderr
    heap = run(
        box, main("auto all = new int[3]; volatile int index = 3; std::cout << all[index];"), b"", "cpp-sanitize"
    )
    assert heap.status == "runtime_error"
    assert b"insufficient space" in heap.stderr or b"heap-buffer-overflow" in heap.stderr
    sound = run(box, TWICE, b"21", "cpp-sanitize")
    assert (sound.status, sound.stdout, sound.stderr) == ("ok", b"42\n", b"")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("int main() { return x; }", b"main.cpp:1"),
        ('#include "/etc/shadow"\nint main() {}', b"/etc/shadow"),
        ('#include "/proc/1/environ"\nint main() {}', b"/proc/1/environ"),
        ("#include __FILE__\nint main() {}", b"nested depth"),
        ("template<int n> struct A { A<n + 1> a; A<n + 2> b; };\nint main() { A<0> a; }", b"template"),
        ("char all[1 << 30] = {1};\nint main() {}", b""),
        ('asm(".incbin \\"/proc/1/mem\\"");\nint main() {}', b""),
        ("\udcff", b"Unicode"),
    ],
    ids=["name", "shadow", "environ", "itself", "templates", "gigabyte", "incbin", "surrogate"],
)
def test_hostile_sources_are_compile_errors(box: Sandbox, program: str, words: bytes) -> None:
    """Whatever keeps a program from compiling is its own failure, with the compiler's words, and soon."""
    one = run(box, program)
    assert one.status == "compile_error"
    assert one.stderr
    assert words in one.stderr
    assert run(box, TWICE, b"4").stdout == b"8\n"


def test_the_compiler_meets_no_input(box: Sandbox) -> None:
    """While a program is compiled, no test's input is in the box."""
    one = run(box, '#include "/dev/stdin"\n#include <iostream>\nint main() { std::cout << "end"; }', b"int secret;")
    assert (one.status, one.stdout) == ("ok", b"end") or one.status == "compile_error"
    assert b"secret" not in one.stderr


def test_200_judgements_compile_once(box: Sandbox, compilations: list[bytes]) -> None:
    """However many judgements a program has, from however many threads, it is compiled once; so is one that fails."""
    problem = make_problem()
    program = TWICE + "// for 200 judgements\n"
    with ThreadPoolExecutor(4) as executor:
        found = list(executor.map(lambda _: judge(program, problem, sandbox=box, language="cpp").accepted, range(200)))
    assert found == [True] * 200
    assert compilations.count(program.encode()) == 1
    for _ in range(3):
        assert judge("int main( // fails", problem, sandbox=box, language="cpp").verdict is Verdict.COMPILE_ERROR
    assert compilations.count(b"int main( // fails") == 1


def test_programs_take_turns_in_a_box() -> None:
    """A box that holds one program runs another one, and the first one again, and Python's between them."""
    kind = next((kind for kind in ("bubblewrap", "docker", "landlock") if not why_not(kind)), "bubblewrap")
    need(kind)
    with make_sandbox(kind, workers=1) as box:
        need_language(box)
        other = TWICE.replace("2 * n", "3 * n")
        for _ in range(2):
            assert run(box, TWICE, b"5").stdout == b"10\n"
            assert run(box, other, b"5").stdout == b"15\n"
            assert box.execute("print(open('main.py').read())", [b""], SMALL)[0].stdout
            assert box.execute("import os; print(os.listdir())", [Input(arguments=("x",))], SMALL)[0].stdout == (
                b"['main.py']\n"
            )


def test_a_program_cannot_mark_itself(box: Sandbox) -> None:
    """Modes and times that it gives its own file are not there at its next run, which can start."""
    touch = main(
        'struct stat seen; stat("/proc/self/exe", &seen); std::cout << (seen.st_mtime == 42) << (seen.st_mode & 0111);'
        'timespec times[2] = {{42, 0}, {42, 0}}; utimensat(AT_FDCWD, "/proc/self/exe", times, 0);'
        'chmod("/proc/self/exe", 0);'
    )
    headers = "#include <fcntl.h>\n#include <sys/stat.h>\n"
    for _ in range(2):
        runs = box.execute(headers + touch, [b""] * 3, SMALL, language="cpp")
        assert [(run.status, run.stdout) for run in runs] == [("ok", b"073")] * 3


def test_no_program_finds_the_one_before_it(box: Sandbox) -> None:
    """A compiled program starts in an empty folder, whatever ran before it."""
    for _ in range(2):
        box.execute("secret = 'a Python program'", [b""], SMALL)
        assert run(box, main('system("ls -A /box . 2>/dev/null | grep -v :");')).stdout.strip() == b""


def test_a_program_cannot_change_itself(box: Sandbox) -> None:
    """What a box runs again is what it got: no run writes to the program, not even once nobody runs it."""
    program = main(
        'int self = open("/proc/self/exe", O_RDONLY); dup2(self, 9); '
        'system("for f in /proc/self/fd/9; do printf x >> $f; printf x 1<>$f; done 2>/dev/null"); '
        'if (self >= 0) { int w = open("/proc/self/exe", O_RDWR); std::cout << (w < 0); } else std::cout << 1;',
        "fcntl.h",
    )
    runs = box.execute(program, [b""] * 4, SMALL, language="cpp")
    assert [(one.status, one.stdout) for one in runs] == [("ok", b"1")] * 4


def test_native_limits_are_for_compiled_programs(box: Sandbox) -> None:
    """A problem's own limits for them decide, and those of Python do not."""
    slow = main(
        "auto end = clock() + CLOCKS_PER_SEC / 2; while (clock() < end); int n; std::cin >> n; std::cout << 2*n;"
    )
    tight, wide = Limits(cpu_s=0.1), Limits(cpu_s=5)
    problem = make_problem(limits=wide, native_limits=tight, public_tests=(TestCase("1\n", "2\n"),))
    assert judge(slow, problem, sandbox=box, split="public", language="cpp").verdict is Verdict.TIME_LIMIT_EXCEEDED
    problem = make_problem(limits=tight, native_limits=wide, public_tests=(TestCase("1\n", "2\n"),))
    assert judge(slow, problem, sandbox=box, split="public", language="cpp").accepted
    problem = make_problem(limits=tight, public_tests=(TestCase("1\n", "2\n"),))
    assert judge(slow, problem, sandbox=box, split="public", language="cpp").verdict is Verdict.TIME_LIMIT_EXCEEDED


def test_further_files_are_there(box: Sandbox) -> None:
    """A test's files lie beside the program, for Python too, and only for that test."""
    read = main(
        'std::ifstream file("data/n.txt"); std::string word = "none"; file >> word; std::cout << word;', "fstream"
    )
    python = "import os\nprint(open('data/n.txt').read() if os.path.exists('data/n.txt') else 'none', end='')"
    for program, language in ((read, "cpp"), (python, "python")):
        given = [Input(files=(("data/", b""), ("data/n.txt", b"seven"))), Input(b"")]
        runs = box.execute(program, given, SMALL, language=language)
        assert [one.stdout for one in runs] == [b"seven", b"none"]


@pytest.mark.parametrize("name", ["../up", "/etc/x", "a//b", "a/b", ".", "", "main.py", "x\0y"])
def test_files_cannot_lie_elsewhere(sandbox: Sandbox, name: str) -> None:
    """A file's name that leads out of the folder is refused before anything runs."""
    with pytest.raises(UsageError, match="expected"):
        sandbox.execute("print(1)", [Input(files=((name, b""),))], SMALL)


def test_links_are_not_followed_when_files_are_taken(box: Sandbox) -> None:
    """A program cannot have the runner read for it."""
    program = (
        "import os\nos.symlink('/proc/self/status', 'a')\nos.mkfifo('b')\nos.mkdir('c')\n"
        "os.symlink('/proc/self', 'd')\nopen('e', 'w').write('mine')\n"
    )
    (one,) = box.execute(program, [Input(wanted=("a", "b", "c", "d/status", "e", "f"))], SMALL)
    assert one.files == (("e", b"mine"),)


@pytest.mark.parametrize("kind", ["bubblewrap", "docker", "landlock"])
def test_no_compiler_is_one_clear_error(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none a program is not judged, and Python goes on working."""
    need(kind)
    absent = Language("cpp", "C++", "main.cpp", ("no-such-compiler",), sample="int main() {}", package="g++")
    monkeypatch.setattr(
        "codegym.sandbox.pool.find_language", lambda name: absent if name == "cpp" else find_language(name)
    )
    with make_sandbox(kind, workers=1) as box:
        for _ in range(2):
            with pytest.raises(SandboxUnavailable, match=r"expected no-such-compiler .* found none; .*g\+\+"):
                box.execute(TWICE, [b"1"], SMALL, language="cpp")
        assert box.execute("print(1)", [b""], SMALL)[0].stdout == b"1\n"


def test_a_broken_compiler_is_our_failure(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot compile the simplest program makes no compile error of any."""
    broken = Language(
        "broken", "B", "main.cpp", ("g++", "-o", "main", "main.cpp"), sample="#include <absent>\n", package="g++"
    )
    monkeypatch.setattr("codegym.sandbox.pool.find_language", lambda name: broken)
    with pytest.raises(SandboxUnavailable, match="simplest program"):
        box.execute("int main( {", [b"1"], SMALL, language="broken")


def test_a_language_is_one_entry(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of the table is all that another compiled language takes."""
    c = Language(
        "c",
        "C",
        "main.c",
        ("gcc", "-O2", "-o", "main", "main.c"),
        sample="int main(void) { return 0; }\n",
        package="gcc",
    )
    monkeypatch.setattr("codegym.languages.LANGUAGES", {**LANGUAGES, "c": c})
    one = run(box, '#include <stdio.h>\nint main(void) { int new = 1; printf("%d", new); }\n', language="c")
    assert (one.status, one.stdout) == ("ok", b"1")


def test_functions_are_pythons(sandbox: Sandbox) -> None:
    """A function problem has no answer in C++, and languages that are none are named."""
    with pytest.raises(UsageError, match="wants a function"):
        judge(TWICE, make_function_problem(), sandbox=sandbox, language="cpp")
    with pytest.raises(UsageError, match="expected language python, cpp"):
        judge(TWICE, make_problem(), sandbox=sandbox, language="cobol")


def test_closing_ends_what_was_compiled() -> None:
    """A pool's programs are its own: another one compiles again, and both are right."""
    kind = "bubblewrap"
    need(kind)
    for _ in range(2):
        with make_sandbox(kind, workers=1) as box:
            assert isinstance(box, BoxPool)
            need_language(box)
            assert run(box, TWICE, b"2").stdout == b"4\n"


def test_functions_find_a_tests_files(sandbox: Sandbox) -> None:
    """A function that is called finds them as a program would."""
    program = "def read(name):\n    return open(name).read()\n"
    given = [Input(values.dumps([name]), files=((name, name.encode() * 2),)) for name in ("a.txt", "b.txt")]
    runs = sandbox.execute(program, given, SMALL, entry_point="read")
    assert [values.loads(one.result) for one in runs] == ["a.txta.txt", "b.txtb.txt"]


def test_an_environment_in_another_language(box: Sandbox) -> None:
    """It asks for a program of that language, shows its limits, and judges what it gets."""
    problem = make_problem(native_limits=Limits(cpu_s=0.5))
    env = gym.make("codegym:CodeRepairEnv-v0", problems=ProblemSet([problem], "one"), sandbox=box, language="cpp20")
    observation, _ = env.reset(seed=0)
    assert "one whole C++20 program" in observation["problem"]
    assert "0.5 s of CPU time" in observation["problem"]
    _, reward, ended, _, info = env.step(TWICE)
    assert (reward, ended, info["private"]["verdict"]) == (1.0, True, "accepted")
    env.reset(seed=0)
    observation, _, ended, _, info = env.step(TWICE.replace("long n", "lang n"))
    assert (ended, info["verdict"]) == (False, "compile_error")
    assert "error: 'lang'" in observation["dialogue"][0]["feedback"].replace("\u2018", "'").replace("\u2019", "'")


def test_the_command_line_knows_a_file_by_its_name(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that ends with .cpp is C++ unless something else is said."""
    (tmp_path / "double.yaml").write_text(SOUND)
    (tmp_path / "answer.cpp").write_text(TWICE)
    for options, status in (((), 0), (("--language", "cpp23"), 0), (("--language", "python"), 1)):
        words = ("judge", "double", str(tmp_path / "answer.cpp"), "--problems", str(tmp_path), "--sandbox", box.kind)
        monkeypatch.setattr("sys.argv", ["codegym", *words, *options, "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert (ended.value.code or 0) == status, options
    assert capsys.readouterr().out.count("accepted") >= 2


def test_a_compiled_program_has_no_more_rights_than_another(box: Sandbox) -> None:
    """No privileges, no further descriptors, no network, no way to its first process, nothing to write outside."""
    program = main(
        "prctl(PR_SET_DUMPABLE, 1); if (!getuid() || !geteuid() || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) puts("
        '"privileged"); for (int n = 3; n < 1024; n++) if (fcntl(n, F_GETFD) >= 0) printf("descriptor %d\\n", n); '
        'for (auto place : {"/x", "/usr/x", "/etc/x", "/opt/codegym/x"}) if (creat(place, 0600) >= 0) puts(place); '
        'if (socket(AF_INET, SOCK_STREAM, 0) >= 0) puts("network"); setuid(0); setresuid(0, 0, 0); '
        'if (!geteuid()) puts("root"); std::string first = "/proc/" + std::to_string(getppid()); '
        'for (auto name : {"/mem", "/environ", "/maps"}) if (open((first + name).c_str(), O_RDONLY) >= 0) puts(name); '
        'kill(getppid(), SIGKILL); kill(getppid(), SIGSTOP); if (!kill(1, SIGTERM) && getppid() != 1) puts("init"); '
        "rlimit wide = {RLIM_INFINITY, RLIM_INFINITY}; for (int which : {RLIMIT_CPU, RLIMIT_FSIZE}) "
        'if (!setrlimit(which, &wide)) puts("limits"); puts("end");',
        *("csignal", "cstdio", "fcntl.h", "string", "sys/prctl.h", "sys/resource.h", "sys/socket.h"),
    )
    for _ in range(2):
        one = run(box, program)
        assert (one.status, one.stdout) == ("ok", b"end\n")


def test_a_program_starts_without_its_launcher_too(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where that cannot be made a copy of the runner takes its place, and every status is the same."""
    monkeypatch.setattr(Compiler, "launcher", lambda self, room: b"")
    extra = " // without"
    assert run(box, TWICE + extra, b"4").stdout == b"8\n"
    for body, status in (("for (;;);", "time_limit_exceeded"), ("return 3;", "runtime_error")):
        assert run(box, main(body) + extra).status == status
    assert run(box, HOG + extra).status == "memory_limit_exceeded"
