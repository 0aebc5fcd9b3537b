"""Packed tests are unpacked as data, whatever was packed."""

import base64
import contextlib
import pickle
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import load_problems
from codegym.datasets.packed import unpack
from codegym.datasets.rows import Unusable
from tests.datasets.hub_rows import livecodebench_row, write_lines


def wrap(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


@given(st.text(), st.integers(0, 5))
def test_any_string_comes_back_from_any_protocol(text: str, protocol: int) -> None:
    """Unpacking undoes packing, by every protocol that Python's pickle has."""
    assert unpack(wrap(pickle.dumps(text, protocol=protocol)), "x") == text


def test_long_strings_come_back() -> None:
    """A string beyond the short forms and frames of a pickle comes back too."""
    text = "äb" * 200_000
    assert unpack(wrap(pickle.dumps(text)), "x") == text


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return exec, (f"open({str(self.path)!r}, 'w').close()",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_would_run_something_is_not_run(tmp_path: Path, protocol: int) -> None:
    """A malicious pickle is refused by what it would do, and does nothing; the other rows load."""
    mark = tmp_path / "mark"
    packed = wrap(pickle.dumps(Evil(mark), protocol=protocol))
    rows = [livecodebench_row(question_id="evil", private_test_cases=packed), livecodebench_row()]
    problems = load_problems("livecodebench", path=write_lines(tmp_path / "x.jsonl", rows))
    assert problems.ids == ("abc999_a",)
    (out,) = problems.left_out
    assert (out.id, out.field, out.reason) == (
        "evil",
        "private_test_cases",
        "a pickle that does more than hold a string",
    )
    assert not mark.exists()
    pickle.loads(zlib.decompress(base64.b64decode(packed)))
    assert mark.exists(), "the pickle of this test is harmless, so that it shows nothing"


def test_a_zip_bomb_is_stopped_at_the_bound(tmp_path: Path) -> None:
    """What would fill memory is refused with little memory used, and the other rows load."""
    stream = zlib.compressobj(9)
    block = b"\0" * (1 << 20)
    bomb = b"".join([*(stream.compress(block) for _ in range(400)), stream.flush()])
    packed = base64.b64encode(bomb).decode()
    tracemalloc.start()
    with pytest.raises(Unusable, match="expected at most 1048576 bytes when unpacked"):
        unpack(packed, "private_test_cases", 1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
    rows = [livecodebench_row(question_id="bomb", private_test_cases=packed), livecodebench_row()]
    problems = load_problems("livecodebench", path=write_lines(tmp_path / "x.jsonl", rows))
    assert problems.ids == ("abc999_a",)
    assert problems.left_out[0].reason == "unpacks beyond all measure"


TEXT = pickle.dumps("[]")


@pytest.mark.parametrize(
    "given_text",
    [
        "no base 64!",
        "e",
        "äöü",
        base64.b64encode(b"no zlib").decode(),
        base64.b64encode(zlib.compress(TEXT)[:-3]).decode(),
        base64.b64encode(b"").decode() + "eA==",
        wrap(b""),
        wrap(TEXT[:-1]),
        wrap(TEXT + TEXT),
        wrap(pickle.dumps(None)),
        wrap(pickle.dumps(["[]"])),
        wrap(pickle.dumps(b"[]")),
        wrap(pickle.dumps(7)),
        wrap(b"\x80\x04\x8d" + b"\xff" * 8 + b"x."),
        wrap(b"\x80\x04" + b"\x94" * 100_000 + b"."),
        wrap(b"\x80\x04\x8c\x02\xff\xff."),
        wrap(b"V\\ud8\n."),
    ],
    ids=range(17),
)
def test_anything_else_is_refused_in_a_sentence(given_text: str) -> None:
    """Whatever is not exactly one packed string is refused in one line that names the field."""
    with pytest.raises(Unusable) as caught:
        unpack(given_text, "private_test_cases")
    assert caught.value.field == "private_test_cases"
    assert "expected" in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_unpack_or_be_refused(data: bytes) -> None:
    """Of random bytes in place of a pickle either a string comes or a refusal."""
    with contextlib.suppress(Unusable):
        assert isinstance(unpack(wrap(data), "x"), str)
