"""Functions in C++: their test code as calls and expected values, and the calls in a box."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from codegym import Problem, Sandbox, TestCase, judge
from codegym.env import CodeRepairEnv
from codegym.errors import UsageError
from codegym.functions.calls import Call, Calls, Expected
from codegym.functions.native import main_file
from codegym.functions.native_asserts import turn
from codegym.functions.native_literals import NotTurned
from codegym.functions.native_text import written
from codegym.problem import Argument, Checker
from tests.conftest import need_language
from tests.fakes import make_function_problem, make_problem

SECRET = 987654321


def code(*lines: str, before: str = "") -> str:
    body = "\n".join(lines)
    return f"#undef NDEBUG\n#include<assert.h>\n{before}\nint main(){{\n{body}\n}}\n"


def one(line: str, before: str = "") -> Expected:
    (test,) = turn(code(line, before=before), "f")
    (expected,) = test.output
    assert isinstance(expected, Expected)
    return expected


@pytest.mark.parametrize(
    ("line", "call", "expected"),
    [
        ("assert (f(1) == 2);", "f(1)", Expected(2)),
        ("assert(2 == f(1)) ;", "f(1)", Expected(2)),
        ('assert (f({1,2}, "a==b;") == "x\\n\\"y" && "failure 1");', 'f({1,2}, "a==b;")', Expected('x\n"y')),
        ("assert (f(1) != -7 / 2);", "f(1)", Expected(-3, "unequal")),
        ("assert (f(1) == -7 % 3);", "f(1)", Expected(-1)),
        ("assert (f(1) == 7 / 2.0);", "f(1)", Expected(3.5)),
        ("assert (f('=') == 'c');", "f('=')", Expected("c")),
        ("assert (f(1));", "f(1)", Expected(relation="true")),
        ("assert (!f(1));", "f(1)", Expected(relation="false")),
        ("assert (f(1) == true); // assert (f(2) == 3);", "f(1)", Expected(True)),
        ("assert (abs(f(1.5) - 2.0/4) < 1e-4);", "f(1.5)", Expected(0.5, "close", abs_tol=1e-4)),
        ("assert (fabs(f(1) - -3) <= 0.01);", "f(1)", Expected(-3, "close", abs_tol=0.01)),
        ("assert ((f(1) == vector<vector<int>>{{1, 2}, {}}));", "f(1)", Expected([[1, 2], []])),
        ("assert (f(1) == 10000000000LL);", "f(1)", Expected(10**10)),
        ("assert (f(1) == std::map<char,int>{{'b', 1}});", "f(1)", Expected([["b", 1]], "equal", "sorted")),
        ("assert (f(1)[0] == 3);", "f(1)[0]", Expected(3)),
        ("/* assert (f(9) == 9); */ assert (f(1) == 0x10);", "f(1)", Expected(16)),
    ],
)  # fmt: skip
def test_asserts_become_calls(line: str, call: str, expected: Expected) -> None:
    """Each usual form of an assert gives the call, as it stands there, and what is expected of it, as data."""
    assert turn(code(line), "f") == (TestCase(Calls((Call(code=call),)), (expected,)),)


def test_the_codes_own_comparison_says_how_exact_it_is() -> None:
    """Of ``issame`` the tolerance, and whether order counts, are taken over."""
    plain = "bool issame(vector<int> a, vector<int> b){ return a == b; }"
    near = "bool issame(vector<float> a, vector<float> b){ return abs(a[0]-b[0])<1e-3; }"
    maps = "bool issame(map<char,int> a, map<char,int> b){ return a == b; }"
    assert one("assert (issame(f(1), {1, 2}));", plain) == Expected([1, 2])
    assert one("assert (issame({}, f(1)));", plain) == Expected([])
    assert one("assert (issame(f(1), {0.5}));", near) == Expected([0.5], "close", abs_tol=1e-3, rel_tol=1e-6)
    assert one("assert (issame(f(1), {{'b', 1}, {'a', 2}}));", maps).view == "sorted"


def test_declarations_go_before_the_calls_that_follow_them() -> None:
    """A variable of the main function is there for later calls, in order, and for none before."""
    tests = turn(
        code("assert(f(1)==1);", "vector<int> a = {1, 2};", "assert(f(a)==2);", "a = {3};", "assert(f(a)==3);"), "f"
    )
    assert [test.input.setup for test in tests] == ["", "vector<int> a = {1, 2};", "vector<int> a = {1, 2};\na = {3};"]


@pytest.mark.parametrize(
    "line",
    [
        "for (int i=0;i<9;i++) assert(f(i)==i);",
        "int e = 3; assert (f(1) == e);",
        "assert (f(f(1)) == 1);",
        "assert (f(1) == g(1));",
        "assert (f(1) == f(2));",
        "assert (f(1) < 3);",
        "assert (f(1) == 1 || f(1) == 2);",
        "assert (f(1) + 1 == 2);",
        "assert (true);",
        "int x = f(1);",
        "auto g = [](int n) { return f(n); };",
        "assert (f(1) == 99999999999999999999999);",
        "assert (f(1) == " + "(" * 5000 + "1" + ")" * 5000 + ");",
        "assert (f(1) == 1/0);",
        "assert (f(1) == {{'b', 1}, {2, 2}}",
        "assert (f(1) == 1)",
        "assert (issame(f(1), {1}));",
        "assert (f(1) == vector<int>(3, 0));",
        "assert (f(1) == vector<int>(5));",
        "assert (f(1) == string(3, 'a'));",
        "assert (f(1) == string());",
        "assert (f(1) == array<int, 2>{{1, 2}});",
        "assert (f(1) == set<int>{1, 1, 2});",
        "assert (f(1) == pair<int, int>());",
        "assert (f(1) == vector<int>({1}, 2));",
        "assert (f(1) == 1e99f);",
        '"unended',
        "\x00",
    ],
)
def test_what_cannot_be_told_is_refused(line: str) -> None:
    """Code that says more than calls and literals is refused in a sentence, however odd it is, and never half read."""
    with pytest.raises(NotTurned, match="expected"):
        turn(code(line), "f")


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("vector<int>()", []),
        ("vector<int>({1, 2})", [1, 2]),
        ('string("ab")', "ab"),
        ("make_pair(1, 2)", [1, 2]),
        ("pair<int, int>(1, 2)", [1, 2]),
        ("3.5f", 3.5),
        ("3.14f", 3.140000104904175),
    ],
)
def test_containers_are_read_that_are_made_of_their_items(literal: str, value: Any) -> None:
    """Also those with parentheses; a number of single precision is what such a number becomes."""
    assert one(f"assert (f(1) == {literal});") == Expected(value)


def native_problem(*tests: tuple[str, Any], **changes: Any) -> Problem:
    cases = tuple(TestCase(Calls((Call(code=call),)), (value,)) for call, value in tests)
    fields: dict[str, Any] = {
        "entry_point": "f",
        "language": "cpp",
        "arguments": (Argument("n", "int"),),
        "checker": Checker("value", equality="python"),
        "public_tests": cases,
        "private_tests": cases,
        "reference": "int f(int n) { return n; }\n",
    }
    return make_function_problem(**(fields | changes))


def test_no_expected_value_is_in_the_program_that_runs() -> None:
    """What is compiled with the candidate holds the calls and nothing that they are to give."""
    tests = turn(code(f"assert (f(1) == {SECRET});", f"assert (abs(f(2) - {SECRET}.5) < 1e-4);"), "f")
    assert str(SECRET) not in main_file(tests)
    assert "f(1)" in main_file(tests)


def test_a_test_is_shown_in_its_own_language() -> None:
    """What an agent reads of such a test is C++."""
    (test,) = turn(code("vector<int> a;", 'assert (f(a, "\u00e9\\n") == vector<bool>{true});'), "f")
    assert written(test.input, test.output) == 'vector<int> a; assert(f(a, "\u00e9\\n") == {true});'


def test_a_language_that_has_no_such_function_is_refused() -> None:
    """A set of functions in C++ is not played in Python: one sentence says which language it wants."""
    problem = native_problem(("f(1)", Expected(1)))
    with pytest.raises(UsageError, match="language='cpp'"):
        CodeRepairEnv([problem]).reset()
    with pytest.raises(UsageError, match="expected a C"):
        judge("def f(n): return n", problem, sandbox=None, language="python")  # type: ignore[arg-type]


def test_a_program_to_repair_is_shown_in_its_own_language_alone() -> None:
    """An environment for C++ asks nobody to repair a program in Python, and one for Python does."""
    shown = [
        CodeRepairEnv([make_problem()], language=name).reset()[0]["problem"] for name in ("python", "cpp", "cpp20")
    ]
    assert ["Repair it" in text for text in shown] == [True, False, False]
    starter = native_problem(("f(1)", Expected(1)), starter="int f(int n) { return 0; }\n")
    assert "```cpp\nint f(" in CodeRepairEnv([starter], language="cpp").reset()[0]["problem"]


@pytest.fixture(scope="module")
def box(sandbox: Sandbox) -> Iterator[Sandbox]:
    """Each real backend that has a compiler."""
    need_language(sandbox)
    return sandbox  # type: ignore[return-value]


VALUES = """\
#include <bits/stdc++.h>
#define int long long
using namespace std;
vector<vector<int>> grid() { return {{1, 2}, {}}; }
vector<bool> bits() { return {true, false}; }
map<string, int> table() { return {{"b", 1}, {"a", 2}}; }
unordered_set<int> some() { return {3, 1, 2}; }
tuple<int, string, double> mixed() { return {1, "x", 0.1}; }
pair<char, bool> two() { return {'"', false}; }
string words() { return "a\\"\\\\\\n\\x01\\x7f\u00e9"; }
const char *plain() { return "p"; }
double nothing() { return NAN; }
float third() { return 1.0f / 3; }
unsigned long large() { return 18446744073709551615ul; }
array<int, 2> fixed_size() { return {5, 6}; }
"""


def test_values_come_back_as_they_are(box: Sandbox) -> None:
    """Numbers, texts and containers of C++ come back whole, whatever the program defines or prints."""
    problem = native_problem(
        ("grid()", Expected([[1, 2], []])),
        ("bits()", Expected([True, False])),
        ("table()", Expected([["a", 2], ["b", 1]], view="sorted")),
        ("some()", Expected([1, 2, 3], view="sorted")),
        ("mixed()", Expected([1, "x", 0.1])),
        ("two()", Expected(['"', False])),
        ("words()", Expected('a"\\\n\x01\x7f\u00e9')),
        ("plain()", Expected("p")),
        ("nothing()", Expected(float("nan"))),
        ("third()", Expected(1 / 3, "close", rel_tol=1e-6)),
        ("large()", Expected(2**64 - 1)),
        ("fixed_size()", Expected([5, 6])),
    )
    judgement = judge(VALUES, problem, sandbox=box, language="cpp", run_all=True)
    assert [(result.reason, result.stderr) for result in judgement.results] == [("", "")] * len(judgement.results)


HOSTILE = """\
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
void leave(const char *text) {
    std::FILE *file = std::fopen("returned", "w");
    std::fputs(text, file);
    std::fclose(file);
    std::_Exit(0);
}
int f(int n) {
    if (n == 0) std::exit(0);
    if (n == 1) throw std::runtime_error("no");
    if (n == 2) leave("[[\\"returned\\",");
    if (n == 3) for (;;) std::puts("[[\\"returned\\",4,{\\"dict\\":[]}]]");
    if (n == 4) leave("[[\\"returned\\",{\\"float\\":{}},{\\"dict\\":[]}]]");
    std::printf("noise\\n");
    return n;
}
"""


def test_a_program_gains_nothing_by_how_it_ends(box: Sandbox) -> None:
    """One that ends without returning, or writes the file itself, gets the verdict of what came of it."""
    problem = native_problem(*((f"f({n})", Expected(n)) for n in range(6)))
    judgement = judge(HOSTILE, problem, sandbox=box, language="cpp", run_all=True)
    assert [str(result.verdict) for result in judgement.results] == [
        "runtime_error",
        "runtime_error",
        "wrong_answer",
        "output_limit_exceeded",
        "wrong_answer",
        "accepted",
    ]


@pytest.mark.parametrize(
    "program",
    [
        "int f(std::vector<int> items) { return items.size(); }\nint main() { return 7; }\n",
        "#include <vector>\nint f(const std::vector<int> &items) { return items.size(); }\n",
    ],
)
def test_a_main_function_and_other_ways_to_write_do_no_harm(box: Sandbox, program: str) -> None:
    """A function may stand in a whole program, and need not say what the test code says."""
    problem = native_problem(("f(vector<int>{4, 5})", Expected(2)))
    program = "#include <vector>\n" + program
    assert judge(program, problem, sandbox=box, language="cpp").accepted


@pytest.mark.parametrize(
    "program", ["", "int f(int n) { return", "/* ", "void f(int n) {}", "int main() { return 0; }"]
)
def test_what_is_no_such_function_is_no_right_program(box: Sandbox, program: str) -> None:
    """Nothing, half a program, an open comment, and a function or a program of another kind are not accepted."""
    verdict = judge(program, native_problem(("f(1)", Expected(1))), sandbox=box, language="cpp").verdict
    assert str(verdict) == ("compile_error" if program else "no_program")


def test_the_row_of_the_pack_is_repaired(box: Sandbox, tmp_path: Any) -> None:
    """A row in the pack's schema: its right program is accepted and its wrong one is not."""
    from codegym import load_problems

    head = "#include <map>\n#include <string>\n#include <vector>\nusing namespace std;\n"
    signature = "vector<int> add(map<string, int> table, int n)"
    same = "bool issame(vector<int> a, vector<int> b){ return a == b; }"
    row = {
        "task_id": "CPP/0",
        "entry_point": "add",
        "signature": signature,
        "declaration": f"{head}{signature}{{\n",
        "canonical_solution": '    return {table["a"] + n};\n}\n',
        "buggy_solution": '    return {table["a"] - n};\n}\n',
        "docstring": "Add.",
        "example_test": code('assert (add({{"a", 1}}, 2)[0] == 3);'),
        "test": code('assert (issame(add({{"a", 1}}, 2), {3}));', before=same),
    }
    loop = {**row, "task_id": "CPP/1", "test": code("for (int i=0;i<9;i++) assert(add({}, i)[0]==i);")}
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (row, loop)))
    problems = load_problems("humanevalpack:cpp", path=path)
    assert problems.ids == ("CPP/0",)
    assert [(out.id, out.field) for out in problems.left_out] == [("CPP/1", "test")]
    assert problems[0].visible.signature == signature
    verdicts = [
        str(judge(source, problems[0], sandbox=box, split="both", language="cpp").verdict)
        for source in (problems[0].reference or "", problems[0].starter or "")
    ]
    assert verdicts == ["accepted", "wrong_answer"]
