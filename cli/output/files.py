"""Output files of a command: checked before the work begins, and written whole or not at all.

The rule, for every command. Over an input, a folder, a device or a pipe nothing is ever written. With --force only, a
file is given a name of another kind (a PNG that is called notes.txt), or takes the place of a file of another kind. A
file of the same kind is replaced: that is what a second try means.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from cli.context import first_line
from cli.exits import BadSetting, Fault
from cli.output.escaping import escape
from core.storage.disk import write_whole

_HEAD = 64  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a command writes: its name for people, how files of it are called, and what they begin with.

    `prefixes` of None: it cannot be told from the file. Spaces before it do not matter.
    """

    name: str
    suffixes: tuple[str, ...]
    prefixes: tuple[bytes, ...] | None

    def name_matches(self, path: Path) -> bool:
        """Whether a file of this kind is called so."""
        return path.suffix.lower() in self.suffixes

    def content_matches(self, path: Path) -> bool:
        """Whether the file is of this kind; one without content is of any."""
        with path.open("rb") as file:
            head = file.read(_HEAD).lstrip()
        return not head or self.prefixes is None or head.startswith(self.prefixes)


PNG = FileKind("a PNG picture", (".png",), (b"\x89PNG",))
WEBP = FileKind("a WebP film", (".webp",), (b"RIFF",))
GIF = FileKind("a GIF film", (".gif",), (b"GIF8",))
JSON_FILE = FileKind("a JSON file", (".json",), (b"{", b"["))
ZIP = FileKind("a zip file", (".zip",), (b"PK",))
WEIGHTS = FileKind("a file of weights", (".safetensors",), None)

force_option = click.option("--force", is_flag=True, help="Write over files of another kind, too.")


def check_files(
    outputs: Mapping[Path, FileKind],
    *,
    inputs: Iterable[str | Path] = (),
    force: bool = False,
    folder: Path | None = None,
) -> None:
    """Find out whether these can be written, before the work that makes them.

    Args:
        outputs: the files, with what each is going to be.
        inputs: files that the command reads.
        force: other kinds of file may be written over.
        folder: where they all are, if the command was given a folder.

    Raises:
        BadSetting: one is an input, a folder, a device, of another kind, or named like another kind.
        Fault: it cannot be written.
    """
    read = [Path(one) for one in inputs]
    seen: list[Path] = []
    for path, kind in outputs.items():
        with _os_errors_as_faults(path):
            if any(_is_same(path, one) for one in read):
                raise BadSetting(f"{_escaped(path)} is read by this command, and never written over.")
            if any(_is_same(path, one) for one in seen):
                raise BadSetting(f"{_escaped(path)} is to be written twice; give each output a name of its own.")
            seen.append(path)
            _check_kind(path, kind, force)
    if folder is not None:
        check_writable(folder)
    for path in outputs if folder is None else ():
        _check_can_write(path.parent, f"{_escaped(path)} cannot be written")


def check_new_folder(folder: Path) -> None:
    """Find out whether a folder can be made or, where it is there, written to and is empty.

    Raises:
        BadSetting: it is no folder, or something is in it.
        Fault: it cannot be written to.
    """
    with _os_errors_as_faults(folder):
        if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise BadSetting(f"{_escaped(folder)} is not a new or empty folder.")
    check_writable(folder)


def check_writable(folder: Path) -> None:
    """Find out whether files can be made in a folder, or the folder can be made.

    Raises:
        Fault: it is no folder, or cannot be written to.
    """
    _check_can_write(folder, f"{_escaped(folder)} cannot be written to")


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write all or, where one cannot be written, as a rule none: each file is whole before the first takes its name.

    Raises:
        Fault: one cannot be written.
    """
    first = next(iter(contents), Path())
    with _os_errors_as_faults(first):
        for path in contents:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(contents)


def is_same_file(one: Path, others: Collection[Path]) -> bool:
    """Whether a path leads to one of these files, through whatever links."""
    return any(_is_same(one, other) for other in others)


def _check_can_write(folder: Path, sentence: str) -> None:
    try:
        there = next(one for one in (folder, *folder.absolute().parents) if os.path.lexists(one))
        if not there.is_dir():
            raise Fault(f"{sentence}: {_escaped(there)} is not a folder.")
        # Asking for the permission alone would say yes to root where the disk is mounted read-only.
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise Fault(f"{sentence}: {error.strerror or first_line(error)}.") from error


def _check_kind(path: Path, kind: FileKind, force: bool) -> None:
    if path.is_dir():
        raise BadSetting(f"{_escaped(path)} is a folder.")
    if path.exists() and not path.is_file():
        raise BadSetting(f"{_escaped(path)} is not a file that could be written over.")
    if path.exists() and not os.access(path, os.W_OK):
        raise Fault(f"{_escaped(path)} is write-protected.")
    if force:
        return
    if not kind.name_matches(path):
        names = " or ".join(kind.suffixes)
        raise BadSetting(f"{_escaped(path)}: the name of {kind.name} ends with {names}; --force takes any.")

    if path.exists() and not kind.content_matches(path):
        raise BadSetting(f"{_escaped(path)} is there and is not {kind.name}; --force writes over it.")


def _is_same(one: Path, other: Path) -> bool:
    """The same file, or what would become the same; names that differ in case only are one on some systems."""
    try:
        return os.path.samefile(one, other)
    except OSError:  # one is not there
        return _real(one) == _real(other)


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _escaped(path: Path) -> str:
    return escape(str(path))


@contextlib.contextmanager
def _os_errors_as_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Fault(f"{_escaped(path)} cannot be written: {error.strerror or first_line(error)}.") from error
