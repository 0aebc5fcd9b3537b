"""codegym.datasets.packages and below: what is found where, and that hostile folders and archives do no harm."""

import os
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegym.datasets import archives, icpc, polygon, trees
from codegym.datasets.packages import detect, load_any
from codegym.errors import ProblemError, UsageError
from tests.datasets.builders import ICPC, POLYGON, descriptors, member, tarred, write, zip_link, zipped

KINDS = ("a.zip", "a.kpp", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz")


def packed(path: Path, files: dict[str, str | bytes], prefix: str = "") -> Path:
    return (zipped if path.suffix in (".zip", ".kpp") else tarred)(path, files, prefix)


def complaint(path: Path) -> str:
    """The one-sentence complaint about what lies at a path."""
    with pytest.raises(ProblemError) as caught:
        load_any(path)
    message = str(caught.value)
    assert re.fullmatch(r"[^\n]*expected [^\n]+, got [^\n]+", message), message
    assert str(path) in message
    assert len(message) < 600
    return message


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("prefix", ["", "twice/", "./contest/problems/twice/"], ids=["top", "folder", "deep"])
def test_an_archive_is_read_like_its_folder(tmp_path: Path, name: str, prefix: str) -> None:
    """Whatever the archive's kind and wherever in it the package lies, the problem is that of the folder."""
    (folder,) = load_any(write(tmp_path / "a", ICPC))
    (problem,) = load_any(packed(tmp_path / name, ICPC, prefix))
    assert problem.id == ("twice" if prefix else "a")
    same = ("statement", "public_tests", "private_tests", "limits", "programs", "reference", "checker")
    assert [getattr(problem, key) for key in same] == [getattr(folder, key) for key in same]


def test_nothing_is_written_and_nothing_stays_open(tmp_path: Path) -> None:
    """Reading an archive leaves no file and no descriptor behind."""
    path = zipped(tmp_path / "a.zip", ICPC)
    before = (descriptors(), sorted(os.listdir(tmp_path)))
    load_any(path)
    assert (descriptors(), sorted(os.listdir(tmp_path))) == before


def test_a_folder_of_packages_of_all_kinds(tmp_path: Path) -> None:
    """Folders, archives and kinds may stand side by side; what is no package is passed over."""
    write(tmp_path / "one", ICPC)
    write(tmp_path / "two" / "inner", POLYGON)
    zipped(tmp_path / "three.zip", ICPC)
    tarred(tmp_path / "both.tar.gz", {f"{n}/{k}": v for n in ("four", "five") for k, v in ICPC.items()})
    write(tmp_path, {"README.md": "words", "docs/page.txt": "words", ".git/problem.yaml": "name: no"})
    found = load_any(tmp_path)
    assert set(found.ids) == {"one", "twice", "three", "four", "five"}
    assert [entry.reason for entry in found.left_out] == ["a submission without a single verdict"]
    assert set(icpc.load(tmp_path).ids) == {"one", "three", "four", "five"}
    assert polygon.load(tmp_path).ids == ("twice",)


def test_a_bad_package_among_good_ones_is_left_out(tmp_path: Path) -> None:
    """Each bad package is named once with its reason, and the good ones load."""
    write(tmp_path / "good", ICPC)
    write(tmp_path / "empty", {"problem.yaml": "name: x", "data/secret/readme.txt": ""})
    write(tmp_path / "broken", ICPC | {"problem.yaml": "name: [1"})
    write(tmp_path / "latin", ICPC | {"data/secret/1.in": b"caf\xe9\n"})
    (tmp_path / "torn.zip").write_bytes(zipped(tmp_path / "x.zip", ICPC).read_bytes()[:300])
    (tmp_path / "x.zip").unlink()
    found = load_any(tmp_path)
    assert found.ids == ("good",)
    left_out = {entry.id: entry for entry in found.left_out}
    assert set(left_out) == {"empty", "broken", "latin", "torn"}
    assert left_out["latin"].field == "data/secret/1.in"
    assert left_out["latin"].reason == "not UTF-8"
    assert "0xe9 at offset 3" in left_out["latin"].detail
    assert left_out["torn"].reason == "a damaged archive"
    assert left_out["broken"].detail.startswith("problem.yaml:2: expected YAML, got ")


def test_where_nothing_can_be_used_it_is_an_error(tmp_path: Path) -> None:
    """A single bad package is an error of its own; several are counted, and the first is told."""
    write(tmp_path / "one", ICPC | {"problem.yaml": "validation: custom score"})
    assert "score" in complaint(tmp_path / "one")
    write(tmp_path / "two", ICPC | {"problem.yaml": "- 1"})
    assert "2 that cannot be used; the first: " in complaint(tmp_path)
    assert "problem.yaml" not in complaint(write(tmp_path / "three", {"a.txt": ""}))
    assert "problem.en.md" in complaint(write(tmp_path / "bare", {"problem.yaml": "name: x"}))
    (tmp_path / "none").mkdir()
    assert "got none" in complaint(tmp_path / "none")
    assert "got neither" in complaint(tmp_path / "absent")


def test_ids_that_clash_are_left_out(tmp_path: Path) -> None:
    """Of two packages with one name the first is taken."""
    write(tmp_path / "a" / "same", ICPC)
    write(tmp_path / "b" / "same", ICPC)
    found = load_any(tmp_path)
    assert found["same"].source == str(tmp_path / "a" / "same")
    assert [(entry.id, entry.reason) for entry in found.left_out] == [("same", "an id twice")]


def test_detect_knows_packages_and_nothing_else(tmp_path: Path) -> None:
    """Packages, folders of them and archives are known; codegym's own files, and anything else, are not."""
    for place in ("icpc", "many/icpc"):
        write(tmp_path / place, ICPC)
    write(tmp_path / "polygon", POLYGON)
    write(tmp_path / "quixbugs", {"python_programs/f.py": "", "json_testcases/f.json": ""})
    write(tmp_path / "own", {"problem.yaml": "id: x", "other.yaml": "id: y", "sub/problem.yaml": "id: z"})
    write(tmp_path / "data", {"train.parquet": "", "deep/er/file.jsonl": ""})
    zipped(tmp_path / "a.zip", ICPC)
    known = {path.name for path in tmp_path.iterdir() if detect(path) is not None}
    assert known == {"icpc", "many", "polygon", "quixbugs", "a.zip"}
    assert detect(tmp_path / "absent") is None
    assert detect(Path("nul\0")) is None
    assert detect(tmp_path / "many") is load_any


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/../../out", "C:/out", "a\\..\\out", ".."])
@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
def test_names_that_lead_out_of_an_archive_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    """An absolute name or one with `..` makes the whole archive suspect, and nothing appears outside of it."""
    packed(tmp_path / kind, {**ICPC, name: "x"})
    assert "relative names" in complaint(tmp_path / kind)
    assert os.listdir(tmp_path) == [kind]


def test_links_within_a_package_are_followed(tmp_path: Path) -> None:
    """A link to a file or folder of the same package stands for it, in folders and archives alike."""
    files = {name: text for name, text in ICPC.items() if not name.startswith("data/sample")}
    folder = write(tmp_path / "p", files)
    (folder / "data/sample").symlink_to("secret")
    (folder / "data/secret/3.in").symlink_to("1.in")
    (folder / "data/secret/3.ans").symlink_to(folder / "data/secret/1.ans")
    links = (
        member("p/data/sample", tarfile.SYMTYPE, "./secret"),
        member("p/data/secret/3.in", tarfile.SYMTYPE, "1.in"),
        member("p/data/secret/3.ans", tarfile.LNKTYPE, "p/data/secret/1.ans"),
    )
    tarred(tmp_path / "t.tar", files, "p/", links[1:])
    zipped(tmp_path / "z.zip", files, "p/")
    zip_link(tmp_path / "z.zip", "p/data/sample", "secret")
    (of_folder,) = load_any(folder)
    assert [test.output for test in of_folder.private_tests] == ["10\n", "-14\n", "10\n"]
    assert of_folder.public_tests == of_folder.private_tests
    (of_tar,) = load_any(tmp_path / "t.tar")
    assert [*of_tar.public_tests, *of_tar.private_tests] == list(of_folder.private_tests)
    (of_zip,) = load_any(tmp_path / "z.zip")
    assert of_zip.public_tests == of_zip.private_tests == of_folder.private_tests[:2]


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../secret.txt", "../other/data/secret/1.in", "missing", "data/.."]
)
def test_links_out_of_a_package_are_refused(tmp_path: Path, target: str) -> None:
    """A link to what lies outside of the package, or to nothing, spoils that package and no other."""
    (tmp_path / "secret.txt").write_text("1\n")
    for form in ("folder", "tar", "zip"):
        top = tmp_path / form
        both = {f"{name}/{file}": text for name in ("other", "p") for file, text in ICPC.items()}
        top.mkdir()
        if form == "folder":
            write(top, both)
            (top / "p/linked.in").symlink_to(target)
        elif form == "tar":
            tarred(top / "a.tar", both, extra=(member("p/linked.in", tarfile.SYMTYPE, target),))
        else:
            zipped(top / "a.zip", both)
            zip_link(top / "a.zip", "p/linked.in", target)
        found = load_any(top)
        assert found.ids == ("other",), form
        (entry,) = found.left_out
        assert (entry.id, entry.reason) == ("p", "a link or special file"), form


def test_a_package_behind_a_link_out_of_the_folder_is_left_out(tmp_path: Path) -> None:
    """What a link in a folder of packages leads to elsewhere is not part of the set."""
    write(tmp_path / "set" / "good", ICPC)
    write(tmp_path / "elsewhere", ICPC)
    (tmp_path / "set" / "link").symlink_to(tmp_path / "elsewhere")
    found = load_any(tmp_path / "set")
    assert found.ids == ("good",)
    assert [entry.id for entry in found.left_out] == ["link"]
    (tmp_path / "given").symlink_to(tmp_path / "elsewhere")
    assert load_any(tmp_path / "given").ids == ("elsewhere",)


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE], ids=["char", "block", "fifo"])
def test_devices_and_pipes_in_archives_are_refused(tmp_path: Path, kind: bytes) -> None:
    """What is neither file nor folder nor link is refused."""
    tarred(tmp_path / "a.tar", ICPC, extra=(member("data/secret/3.in", kind),))
    assert "data/secret/3.in" in complaint(tmp_path / "a.tar")


def test_pipes_and_loops_in_folders_do_not_hang(tmp_path: Path) -> None:
    """A pipe is not waited for, and a link to a folder above is not followed for ever."""
    folder = write(tmp_path / "p", ICPC)
    os.mkfifo(folder / "data/secret/3.in")
    assert "pipe" in complaint(folder)
    (folder / "data/secret/3.in").unlink()
    (folder / "data/secret/again").symlink_to("..")
    assert "lies in" in complaint(folder)


@pytest.mark.parametrize("name", [b"data/secret/\xff.in", b"data/secret/a\nb.in"], ids=["latin", "newline"])
def test_names_that_are_no_line_of_text_are_refused(tmp_path: Path, name: bytes) -> None:
    """A name in another encoding, or over several lines, spoils its package; the message stays one line."""
    folder = os.fsencode(write(tmp_path / "p", ICPC))
    with open(os.path.join(folder, name), "wb"):
        pass
    assert "not UTF-8 on one line" in complaint(tmp_path / "p")


def test_a_huge_file_in_a_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than the bound is not read whole, though it takes no room on the disk."""
    monkeypatch.setattr(trees, "LARGEST_FILE", 1 << 20)
    with open(write(tmp_path / "p", ICPC) / "data/secret/1.in", "wb") as file:
        file.truncate(1 << 40)
    assert "at most 1048576 bytes" in complaint(tmp_path / "p")


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_bombs_are_given_up_at_the_bound(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, or many, that unpack to more than the bounds are refused, whatever their packed size."""
    monkeypatch.setattr(trees, "LARGEST_FILE", 1 << 20)
    monkeypatch.setattr(trees, "LARGEST_TOTAL", 3 << 20)
    packed(tmp_path / name, {**ICPC, "data/secret/3.in": bytes((1 << 20) + 1)})
    assert (tmp_path / name).stat().st_size < 20_000
    assert "once unpacked" in complaint(tmp_path / name)
    packed(tmp_path / name, {**ICPC, **{f"data/secret/{n}.in": bytes(1 << 20) for n in range(3, 7)}})
    assert "once unpacked" in complaint(tmp_path / name)


def test_a_zip_that_lies_about_sizes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes in headers are not believed: what counts is what comes out."""
    monkeypatch.setattr(trees, "LARGEST_FILE", 1 << 20)
    size = (8 << 20).to_bytes(4, "little")
    zipped(tmp_path / "a.zip", {**ICPC, "data/secret/3.in": bytes(8 << 20)})
    data = (tmp_path / "a.zip").read_bytes()
    assert data.count(size) == 2
    (tmp_path / "a.zip").write_bytes(data.replace(size, (100).to_bytes(4, "little")))
    complaint(tmp_path / "a.zip")


def test_a_tar_header_of_endless_length_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long-name header that announces more than the bound is not read into memory."""
    monkeypatch.setattr(trees, "LARGEST_FILE", 1 << 20)
    info = tarfile.TarInfo("././@LongLink")
    info.type = tarfile.GNUTYPE_LONGNAME
    info.size = 1 << 33
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10240))
    assert "once unpacked" in complaint(tmp_path / "a.tar")


@pytest.mark.parametrize("form", ["folder", "a.zip", "a.tar"])
def test_too_many_files_are_refused(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are counted, in folders and archives."""
    monkeypatch.setattr(trees, "MOST_FILES", 30)
    files = {**ICPC, **{f"data/secret/x{n}.desc": "" for n in range(30)}}
    path = write(tmp_path / form, files) if form == "folder" else packed(tmp_path / form, files)
    assert "at most 30" in complaint(path)


def test_a_huge_list_of_files_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip archive's list of files is refused by its size before it is parsed."""
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 500)
    zipped(tmp_path / "a.zip", ICPC)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "65535 files" in complaint(tmp_path / "a.zip")


def test_folders_too_deep_are_refused(tmp_path: Path) -> None:
    """Nesting beyond the bound is refused, on disk and in archives."""
    deep = {**ICPC, "data/secret/" + "x/" * 30 + "1.in": ""}
    assert "within each other" in complaint(write(tmp_path / "p", deep))
    complaint(zipped(tmp_path / "a.zip", deep))


def test_a_name_twice_in_an_archive_is_refused(tmp_path: Path) -> None:
    """Two files of one name are ambiguous; names that differ in case are two names."""
    zipped(tmp_path / "a.zip", ICPC)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("data/secret/1.ans", "11\n")
    assert "got it twice" in complaint(tmp_path / "a.zip")
    zipped(tmp_path / "b.zip", {**ICPC, "data/secret/A.in": "a", "data/secret/A.ans": "a", "DATA/x": ""})
    (problem,) = load_any(tmp_path / "b.zip")
    assert len(problem.private_tests) == 3


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), name=st.sampled_from(["a.zip", "a.tar", "a.tar.gz", "a.tar.xz"]))
def test_damaged_archives_are_complained_of_in_one_sentence(tmp_path: Path, data: st.DataObject, name: str) -> None:
    """Whatever bytes are changed, cut or added, the answer is a problem set or a ProblemError, never a crash."""
    whole = packed(tmp_path / name, ICPC).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    change = data.draw(st.one_of(st.binary(min_size=1, max_size=8), st.none()))
    damaged = whole[:at] if change is None else whole[:at] + change + whole[at + len(change) :]
    (tmp_path / name).write_bytes(damaged)
    message = ""
    try:
        load_any(tmp_path / name)
    except ProblemError as error:
        message = str(error)
    assert "\n" not in message


def test_encrypted_archives_are_refused(tmp_path: Path) -> None:
    """A file that wants a password is no riddle."""
    data = bytearray(zipped(tmp_path / "a.zip", {"problem.yaml": "name: x"}).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "password" in complaint(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"split": "test"}, "split"),
        ({"time_factor": 0}, "time_factor"),
        ({"time_factor": "5"}, "time_factor"),
        ({"time_limit": -1.0}, "time_limit"),
        ({"time_limit": True}, "time_limit"),
        ({"examples": -1}, "examples"),
        ({"examples": 1.0}, "examples"),
    ],
    ids=str,
)
def test_wrong_options_are_usage_errors(tmp_path: Path, options: dict[str, object], field: str) -> None:
    """An option that cannot be meant is refused by its name."""
    with pytest.raises(UsageError, match=field):
        load_any(write(tmp_path, ICPC), **options)


def test_a_path_is_needed() -> None:
    """Packages are published nowhere."""
    with pytest.raises(UsageError, match="path="):
        icpc.load(None)
