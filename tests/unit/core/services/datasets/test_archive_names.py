from __future__ import annotations

import contextlib
import struct
import tempfile
import unicodedata
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.data.import_formatting import report_lines
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.sources import find_person_files, open_files
from tests.unit.core.services.datasets.zip_builder import raw_zip


def people(source: Path, encoding: str | None = None) -> list[str]:
    with open_files(source, encoding) as files:
        return sorted({offer.person for offer in find_person_files(files).files})


def encoding_of(source: Path, encoding: str | None = None) -> str | None:
    with open_files(source, encoding) as files:
        return files.encoding


def refusal(source: Path, encoding: str) -> OmokageError:
    with pytest.raises(OmokageError) as caught, open_files(source, encoding):
        pass
    return caught.value


def unicode_path(raw: bytes, name: str, version: int = 1) -> bytes:
    field = struct.pack("<BL", version, zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(field)) + field


def test_names_that_a_japanese_windows_packed_are_read(tmp_path: Path) -> None:
    # Given names whose second bytes are backslashes, which only a decoded name has as separators
    archive = raw_zip(tmp_path / "a.zip", ["ソラさん/表.jpg".encode("cp932"), "能代さん\\予\\1.jpg".encode("cp932")])
    assert people(archive) == ["ソラさん", "能代さん"]
    assert encoding_of(archive) == "cp932"
    with open_files(archive) as files:
        assert [str(path) for path in files.paths()] == ["ソラさん/表.jpg", "能代さん/予/1.jpg"]
        assert [files.read(path, 4) for path in files.paths()] == [b"\x83\\\x83\x89", b"\x94\\\x91\xe3"]


def test_names_without_a_letter_beyond_ascii_need_no_encoding(tmp_path: Path) -> None:
    assert encoding_of(raw_zip(tmp_path / "a.zip", [b"Anna/1.jpg"])) is None


def test_accents_that_a_mac_wrote_apart_are_put_together_unless_that_is_another_files_name(tmp_path: Path) -> None:
    apart, together = unicodedata.normalize("NFD", "é"), "é"
    archive = raw_zip(tmp_path / "a.zip", [f"Anna/{name}.jpg".encode() for name in (apart, together, "e" + apart)])
    with open_files(archive) as files:
        assert {str(path) for path in files.paths()} == {f"Anna/{apart}.jpg", "Anna/é.jpg", "Anna/eé.jpg"}
        assert len({files.read(path, 100) for path in files.paths()}) == 3


def test_the_encoding_may_be_given(tmp_path: Path) -> None:
    archive = raw_zip(tmp_path / "a.zip", ["刘/1.jpg".encode("gbk")])
    assert people(archive, "gbk") == ["刘"]
    assert encoding_of(archive, "gbk") == "gbk"


@pytest.mark.parametrize("encoding", ["cp99999", "no such", "rot13", "", "ut\0f8"])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, encoding: str) -> None:
    error = refusal(raw_zip(tmp_path / "a.zip", [b"Anna/1.jpg"]), encoding)
    assert (error.code, error.details["option"]) == (ErrorCode.BAD_OPTION, "encoding")


def test_an_encoding_in_which_a_name_is_not_valid_is_refused_with_that_name(tmp_path: Path) -> None:
    error = refusal(raw_zip(tmp_path / "a.zip", [b"Anna/1.jpg", b"Andr\xe9/1.jpg"]), "utf-8")
    assert error.code is ErrorCode.BAD_OPTION
    assert error.details["allowed"] == r"one in which all names are valid, which Andr\xe9/1.jpg is not"


def test_a_folder_takes_no_encoding(tmp_path: Path) -> None:
    assert refusal(tmp_path, "cp932").code is ErrorCode.BAD_OPTION


def test_a_name_that_says_it_is_utf_8_is_not_read_otherwise(tmp_path: Path) -> None:
    archive = raw_zip(tmp_path / "a.zip", ["Zoë/1.jpg".encode()], flag_bits=0x800)
    assert people(archive, "cp932") == ["Zoë"]
    assert encoding_of(archive, "cp932") is None


def test_the_unicode_path_of_info_zip_counts(tmp_path: Path) -> None:
    raw = b"Zo_/1.jpg"
    assert people(raw_zip(tmp_path / "a.zip", [raw], unicode_path(raw, "Zoë/1.jpg"))) == ["Zoë"]


@pytest.mark.parametrize(
    "extra",
    [
        unicode_path(b"another name", "Zoë/1.jpg"),
        unicode_path(b"Zo_/1.jpg", "Zoë/1.jpg", version=2),
        unicode_path(b"Zo_/1.jpg", "Zoë/1.jpg")[:-30] + b"\x01",
        b"\x75\x70\x02\x00\x01\x00",
    ],
)
def test_a_unicode_path_that_is_not_this_names_does_not_count(tmp_path: Path, extra: bytes) -> None:
    assert people(raw_zip(tmp_path / "a.zip", [b"Zo_/1.jpg"], extra)) == ["Zo_"]


def test_a_unicode_path_that_leaves_the_archive_is_refused(tmp_path: Path) -> None:
    raw = b"Anna/1.jpg"
    with pytest.raises(OmokageError) as caught:
        people(raw_zip(tmp_path / "a.zip", [raw], unicode_path(raw, "../../1.jpg")))
    assert caught.value.details == {"reason": "path", "file": "../../1.jpg"}


def test_backslashes_are_folders_and_so_is_one_at_the_end(tmp_path: Path) -> None:
    names = [b"set\\", b"set\\anna\\", b"set\\anna\\0.jpg", b"set\\bert\\0.jpg"]
    archive = raw_zip(tmp_path / "a.zip", names)
    assert people(archive) == ["anna", "bert"]
    with open_files(archive) as files:
        assert len(files.paths()) == 2


@pytest.mark.parametrize("name", [b"\\etc\\passwd", b"a\\..\\..\\b.jpg", b"\\\\host\\share\\a.jpg", b"c:a.jpg"])
def test_what_points_out_of_the_archive_is_refused_with_backslashes_too(tmp_path: Path, name: bytes) -> None:
    with pytest.raises(OmokageError) as caught:
        people(raw_zip(tmp_path / "a.zip", [name]))
    assert caught.value.details == {"reason": "path", "file": name.decode()}


@pytest.mark.parametrize("name", ["a/b../1.jpg", "Dr. A: x/1.jpg", "a...b/1.jpg", "-rf/1.jpg"])
def test_what_only_looks_like_it_is_not(tmp_path: Path, name: str) -> None:
    assert len(people(raw_zip(tmp_path / "a.zip", [name.encode()]))) == 1


PIECES = [
    b"a",
    b"/",
    b"\\",
    b".",
    b"\x1b",
    b"\n",
    b"\x83\\",
    b"\x82\xb3",
    b"\xe9",
    b"\xff",
    b"\xc3\xa9",
    b":",
    b"train",
    b" ",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(b"".join), min_size=1, max_size=5))
def test_any_names_are_read_or_refused_in_our_words_and_can_be_printed(names: list[bytes]) -> None:
    numbered = [name + f"{number:03d}".encode() for number, name in enumerate(names)]
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(OmokageError):
        with open_files(raw_zip(Path(folder) / "a.zip", numbered)) as files:
            person_files = find_person_files(files)
            for path in files.paths():
                assert files.read(path, 500) in numbered
        "\n".join(report_lines(person_files.report)).encode()
