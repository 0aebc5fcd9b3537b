"""Rows in the schemas of the published data sets, made up here, and files of them."""

import base64
import json
import pickle
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TEXT, INT, FLOAT, BOOL = pa.string(), pa.int64(), pa.float64(), pa.bool_()
TESTS = pa.struct([("input", pa.list_(TEXT)), ("output", pa.list_(TEXT))])
SOLUTIONS = pa.struct([("language", pa.list_(INT)), ("solution", pa.list_(TEXT))])
CASES = pa.list_(pa.struct([("input", TEXT), ("output", TEXT)]))

SCHEMAS: dict[str, pa.Schema] = {
    "code_contests": pa.schema(
        {
            "name": TEXT,
            "description": TEXT,
            "public_tests": TESTS,
            "private_tests": TESTS,
            "generated_tests": TESTS,
            "source": INT,
            "difficulty": INT,
            "solutions": SOLUTIONS,
            "incorrect_solutions": SOLUTIONS,
            "cf_contest_id": INT,
            "cf_index": TEXT,
            "cf_points": pa.float32(),
            "cf_rating": pa.int32(),
            "cf_tags": pa.list_(TEXT),
            "is_description_translated": BOOL,
            "untranslated_description": TEXT,
            "time_limit": pa.struct([("seconds", INT), ("nanos", INT)]),
            "memory_limit_bytes": INT,
            "input_file": TEXT,
            "output_file": TEXT,
        }
    ),
    "apps": pa.schema(
        {"problem_id": INT}
        | dict.fromkeys(("question", "solutions", "input_output", "difficulty", "url", "starter_code"), TEXT)
    ),
    "taco": pa.schema(
        dict.fromkeys(
            (
                "question",
                "solutions",
                "starter_code",
                "input_output",
                "difficulty",
                "raw_tags",
                "name",
                "source",
                "tags",
                "skill_types",
                "url",
                "Expected Auxiliary Space",
                "time_limit",
                "date",
                "picture_num",
                "memory_limit",
                "Expected Time Complexity",
            ),
            TEXT,
        )
    ),
    "livecodebench": pa.schema(
        dict.fromkeys(
            (
                "question_title",
                "question_content",
                "platform",
                "question_id",
                "contest_id",
                "contest_date",
                "starter_code",
                "difficulty",
                "public_test_cases",
                "private_test_cases",
                "metadata",
            ),
            TEXT,
        )
    ),
    "codeforces": pa.schema(
        {
            "id": TEXT,
            "aliases": pa.list_(TEXT),
            "contest_id": TEXT,
            "contest_name": TEXT,
            "contest_type": TEXT,
            "contest_start": INT,
            "contest_start_year": INT,
            "index": TEXT,
            "time_limit": FLOAT,
            "memory_limit": FLOAT,
            "title": TEXT,
            "description": TEXT,
            "input_format": TEXT,
            "output_format": TEXT,
            "interaction_format": TEXT,
            "note": TEXT,
            "examples": CASES,
            "editorial": TEXT,
            "rating": INT,
            "tags": pa.list_(TEXT),
            "testset_size": INT,
            "official_tests": CASES,
            "official_tests_complete": BOOL,
            "input_mode": TEXT,
            "generated_checker": TEXT,
            "executable": BOOL,
            "generated_tests": INT,
        }
    ),
    "xcodeeval": pa.schema(
        {"difficulty": INT, "tags": pa.list_(TEXT)}
        | dict.fromkeys(
            (
                "lang",
                "bug_code_uid",
                "src_uid",
                "bug_source_code",
                "fix_source_code",
                "bug_exec_outcome",
                "prob_desc_description",
                "prob_desc_input_spec",
                "prob_desc_output_spec",
                "prob_desc_notes",
                "prob_desc_time_limit",
                "prob_desc_memory_limit",
                "prob_desc_sample_inputs",
                "prob_desc_sample_outputs",
                "hidden_unit_tests",
            ),
            TEXT,
        )
    ),
}

DOUBLE = "print(int(input()) * 2)\n"
SQUARE = "print(int(input()) ** 2)\n"


def columns(*pairs: tuple[Any, Any], names: tuple[str, str] = ("input", "output")) -> dict[str, list[Any]]:
    return {name: [pair[place] for pair in pairs] for place, name in enumerate(names)}


def code_contests_row(**changes: Any) -> dict[str, Any]:
    names = ("language", "solution")
    return {
        "name": "1_A. Twice",
        "description": "Read an integer and print twice its value.\n",
        "public_tests": columns(("1\n", "2\n")),
        "private_tests": columns(("3\n", "6 \n"), ("5\n", "10\n")),
        "generated_tests": columns(("-4\n", "-8\n")),
        "source": 2,
        "difficulty": 7,
        "solutions": columns((2, "int main() {}"), (3, DOUBLE), (1, "print input() * 2"), names=names),
        "incorrect_solutions": columns((3, SQUARE), (4, "class Main {}"), (0, "?"), names=names),
        "cf_contest_id": 1,
        "cf_index": "A",
        "cf_points": 500.0,
        "cf_rating": 800,
        "cf_tags": ["math", "Implementation"],
        "is_description_translated": False,
        "untranslated_description": "",
        "time_limit": {"seconds": 1, "nanos": 500_000_000},
        "memory_limit_bytes": 256_000_000,
        "input_file": "",
        "output_file": "",
    } | changes


def apps_row(**changes: Any) -> dict[str, Any]:
    return {
        "problem_id": 17,
        "question": "Read an integer and print twice its value.",
        "solutions": json.dumps([DOUBLE, "print(2 * int(input()))"]),
        "input_output": json.dumps({"inputs": ["1\n", "2\n", "3\n"], "outputs": ["2\n", "4\n", "6\n"]}),
        "difficulty": "interview",
        "url": "",
        "starter_code": "",
    } | changes


def taco_row(**changes: Any) -> dict[str, Any]:
    kept = {key: value for key, value in apps_row().items() if key != "problem_id"}
    return (
        kept
        | {
            "difficulty": "MEDIUM_HARD",
            "raw_tags": "['Number Theory', 'math']",
            "name": "Twice",
            "source": "codewars",
            "tags": "['Mathematics']",
            "skill_types": "[]",
            "Expected Auxiliary Space": None,
            "time_limit": "2.5 seconds",
            "date": None,
            "picture_num": None,
            "memory_limit": "2048.0 megabytes",
            "Expected Time Complexity": None,
        }
        | changes
    )


def packed(value: Any, *, protocol: int = 4) -> str:
    """As the hub has it: base 64 of zlib of a pickle of JSON."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(value), protocol=protocol))).decode()


def cases(*pairs: tuple[str, str], testtype: str = "stdin") -> list[dict[str, str]]:
    return [{"input": given, "output": expected, "testtype": testtype} for given, expected in pairs]


def livecodebench_row(**changes: Any) -> dict[str, Any]:
    return {
        "question_title": "Twice",
        "question_content": "Read an integer and print twice its value.",
        "platform": "atcoder",
        "question_id": "abc999_a",
        "contest_id": "abc999",
        "contest_date": "2024-03-02T00:00:00",
        "starter_code": "",
        "difficulty": "easy",
        "public_test_cases": json.dumps(cases(("1\n", "2\n"))),
        "private_test_cases": packed(cases(("3\n", "6\n"), ("5\n", "10\n"))),
        "metadata": "{}",
    } | changes


def codeforces_row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1/A",
        "aliases": None,
        "contest_id": "1",
        "contest_name": "Round 1",
        "contest_type": "CF",
        "contest_start": 1,
        "contest_start_year": 2010,
        "index": "A",
        "time_limit": 1.5,
        "memory_limit": 64.0,
        "title": "Twice",
        "description": "Read an integer.",
        "input_format": "One integer.",
        "output_format": "Twice its value.",
        "interaction_format": None,
        "note": None,
        "examples": [{"input": "1", "output": "2"}],
        "editorial": None,
        "rating": 1900,
        "tags": ["math"],
        "testset_size": 3,
        "official_tests": [{"input": f"{n}\r\n", "output": f"{2 * n}\r\n"} for n in (3, 5)],
        "official_tests_complete": True,
        "input_mode": "stdio",
        "generated_checker": None,
        "executable": True,
        "generated_tests": 0,
    } | changes


def xcodeeval_row(**changes: Any) -> dict[str, Any]:
    return {
        "lang": "Python 3",
        "bug_code_uid": "0a1b",
        "src_uid": "ff00",
        "bug_source_code": SQUARE,
        "fix_source_code": DOUBLE,
        "bug_exec_outcome": "WRONG_ANSWER",
        "difficulty": 800,
        "tags": ["math"],
        "prob_desc_description": "Read an integer.",
        "prob_desc_input_spec": "One integer.",
        "prob_desc_output_spec": "Twice its value.",
        "prob_desc_notes": None,
        "prob_desc_time_limit": "1 second",
        "prob_desc_memory_limit": "256 megabytes",
        "prob_desc_sample_inputs": json.dumps(["1"]),
        "prob_desc_sample_outputs": json.dumps(["2"]),
        "hidden_unit_tests": json.dumps([{"input": f"{n}\r\n", "output": [f"{2 * n}"]} for n in (3, 5)]),
    } | changes


ROWS = {
    "code_contests": code_contests_row,
    "apps": apps_row,
    "taco": taco_row,
    "livecodebench": livecodebench_row,
    "codeforces": codeforces_row,
    "xcodeeval": xcodeeval_row,
}


def write_lines(path: Path, rows: Sequence[Any]) -> Path:
    """A file of JSON lines; a row that is text or bytes already is written as it is."""
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def write_parquet(path: Path, name: str, rows: Sequence[dict[str, Any]], group: int | None = None) -> Path:
    """A Parquet file in the schema of the set."""
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMAS[name]), path, row_group_size=group)
    return path
