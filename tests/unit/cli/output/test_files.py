"""Where commands write: what is refused, when, and that nobody ever finds half a file."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.exits import BadSetting, Fault
from cli.main import COMMANDS, omokage
from cli.output import files as output
from cli.output.files import JSON_FILE, PNG, check_files, check_new_folder, check_writable, write_files

PICTURE = b"\x89PNG\r\n\x1a\n and more"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(call: Callable[[], None]) -> tuple[int, str]:
    with pytest.raises((BadSetting, Fault)) as caught:
        call()
    return caught.value.exit_code, caught.value.message


@pytest.mark.parametrize("link", [os.symlink, os.link, lambda _from, _to: None])
def test_an_input_is_never_written_over_whatever_it_is_called(link: Callable[[str, str], None]) -> None:
    Path("photo.png").write_bytes(PICTURE)
    link("photo.png", "other.png")
    out = Path("other.png") if Path("other.png").exists() else Path("sub/../photo.png")
    Path("sub").mkdir()
    status, text = refused(lambda: check_files({out: PNG}, inputs=["photo.png"], force=True))
    assert (status, "never written over" in text) == (2, True)


def test_two_outputs_of_one_command_are_two_files() -> None:
    os.symlink("a.png", "b.png")
    assert refused(lambda: check_files({Path("a.png"): PNG, Path("b.png"): PNG}, force=True))[0] == 2


def test_a_file_of_the_same_kind_or_without_content_is_replaced() -> None:
    Path("a.png").write_bytes(PICTURE)
    Path("b.PNG").write_bytes(b"")
    Path("c.json").write_text("\n {}")
    check_files({Path("a.png"): PNG, Path("b.PNG"): PNG, Path("c.json"): JSON_FILE, Path("new/d.png"): PNG})
    assert not Path("new").exists()


@pytest.mark.parametrize("name", ["notes.txt", "notes", "photo.jpg"])
def test_a_name_of_another_kind_is_refused_unless_forced(name: str) -> None:
    assert refused(lambda: check_files({Path(name): PNG})) == (
        2,
        f"{name}: the name of a PNG picture ends with .png; --force takes any.",
    )
    check_files({Path(name): PNG}, force=True)


def test_a_file_of_another_kind_is_refused_unless_forced() -> None:
    Path("notes.png").write_text("what I know of Anna")
    status, text = refused(lambda: check_files({Path("notes.png"): PNG}))
    assert (status, text) == (2, "notes.png is there and is not a PNG picture; --force writes over it.")
    check_files({Path("notes.png"): PNG}, force=True)


def test_what_is_no_file_is_refused_even_if_forced() -> None:
    Path("folder.png").mkdir()
    os.mkfifo("pipe.png")
    for name in ("folder.png", "pipe.png", "/dev/null"):
        assert refused(lambda one=name: check_files({Path(one): PNG}, force=True))[0] == 2, name


def test_a_file_that_is_write_protected_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.png").write_bytes(PICTURE)
    monkeypatch.setattr(os, "access", lambda path, mode: not (str(path) == "a.png" and mode == os.W_OK))
    assert refused(lambda: check_files({Path("a.png"): PNG}, force=True)) == (1, "a.png is write-protected.")


def test_a_folder_that_is_a_file_or_hangs_in_the_air_is_said() -> None:
    Path("file").write_text("")
    os.symlink("nowhere", "dangling")
    for folder in ("file", "file/below", "dangling/below"):
        status, text = refused(lambda one=folder: check_writable(Path(one)))
        assert (status, text.startswith(f"{folder} cannot be written to: ")) == (1, True)
    assert refused(lambda: check_files({Path("file/a.png"): PNG}))[0] == 1


def test_a_name_that_is_too_long_is_said() -> None:
    status, text = refused(lambda: check_files({Path("a" * 300 + ".png"): PNG}))
    assert (status, "cannot be written: File name too long" in text) == (1, True)


def test_a_disk_that_is_mounted_read_only_is_said_to_root_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(output.tempfile, "TemporaryFile", read_only)
    sentence = "cannot be written: Read-only file system."
    assert refused(lambda: check_files({Path("new/a.png"): PNG})) == (1, f"new/a.png {sentence}")
    assert not Path("new").exists()
    assert refused(lambda: check_new_folder(Path("out")))[0] == 1


def test_a_new_folder_is_new_or_empty() -> None:
    Path("empty").mkdir()
    check_new_folder(Path("empty"))
    check_new_folder(Path("a/b"))
    Path("empty/x").touch()
    for name in ("empty", "empty/x"):
        assert refused(lambda one=name: check_new_folder(Path(one)))[0] == 2


def test_control_characters_of_a_path_are_shown() -> None:
    assert refused(lambda: check_files({Path("\x1b]0;x\x07.txt"): PNG}))[1].startswith("\\x1b]0;x\\x07.txt: ")


def test_files_are_written_through_links_and_keep_their_permissions() -> None:
    Path("real.png").write_bytes(b"old")
    Path("real.png").chmod(0o640)
    os.symlink("real.png", "link.png")
    write_files({Path("link.png"): PICTURE, Path("new/folder/b.png"): b"b"})
    assert Path("link.png").is_symlink()
    assert (Path("real.png").read_bytes(), Path("real.png").stat().st_mode & 0o777) == (PICTURE, 0o640)
    assert Path("new/folder/b.png").read_bytes() == b"b"


def test_a_disk_that_fails_leaves_the_old_files_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.png").write_bytes(b"old")
    calls = iter([None, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))])

    def fail(_fd: int) -> None:
        error = next(calls)
        if error is not None:
            raise error

    monkeypatch.setattr(os, "fsync", fail)
    status, text = refused(lambda: write_files({Path("a.png"): b"new", Path("b.png"): b"new"}))
    assert (status, text.endswith("No space left on device.")) == (1, True)
    assert [(path.name, path.read_bytes()) for path in Path().iterdir()] == [("a.png", b"old")]


# These write into a folder that is new, empty or their own, whatever it is called.
OWN_FOLDER = {"data export", "data curate", "starter-pictures"}


def commands() -> Iterator[tuple[str, click.Command]]:
    waiting: list[tuple[str, click.Command | None]] = [
        (name, omokage.get_command(click.Context(omokage), name)) for name in COMMANDS
    ]
    while waiting:
        name, command = waiting.pop()
        assert command is not None
        if isinstance(command, click.Group):
            waiting += [(f"{name} {below}", one) for below, one in command.commands.items()]
        else:
            yield name, command


def test_every_command_that_writes_a_file_takes_force() -> None:
    writing = {
        name: {param.name for param in command.params}
        for name, command in commands()
        if any(isinstance(one.type, click.Path) and not one.type.exists and one.name not in {"data", "work", "source"}
               for one in command.params)
    }  # fmt: skip
    assert set(writing) >= {"generate", "morph", "mix", "optimize", "inspect", "starter train"} | OWN_FOLDER
    assert {name for name, params in writing.items() if "force" not in params} == OWN_FOLDER


def test_the_ready_made_pictures_are_not_drawn_into_somebodys_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "nice", lambda _: pytest.fail("it began"))
    Path("photos").mkdir()
    Path("photos/index.json").write_text("{}")
    result = CliRunner().invoke(omokage, ["starter-pictures", "photos"])
    assert (result.exit_code, "index.json of something else" in result.stderr) == (2, True)
    assert [path.name for path in Path("photos").iterdir()] == ["index.json"]
