"""The files of a folder of the operator's, with the links in it that lead to folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from core.domain.data.imports import LeftOut, LeftOutReason
from core.domain.data.picture_files import is_clutter


class FolderFiles:
    """A folder. Links to files are followed wherever they lead, links to folders within the source only.

    What is reached by a link as well as without one comes once, under its own name.
    """

    encoding = None  # names are as the system gives them

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def name(self) -> str:
        """What the folder is called, also where it was given as `.`."""
        return self._root.resolve().name

    def paths(self) -> Sequence[PurePosixPath]:
        """All files but clutter, relative to the root."""
        return self._walk.paths

    def left_out(self) -> Sequence[LeftOut]:
        """Links that are not followed, and folders that cannot be read."""
        return self._walk.left_out

    def size(self, path: PurePosixPath) -> int:
        """In bytes; OSError where it is gone."""
        return (self._root / path).stat().st_size

    def read(self, path: PurePosixPath, max_bytes: int) -> bytes:
        """Return the first `max_bytes` bytes; OSError where it cannot be read."""
        with (self._root / path).open("rb") as file:
            return file.read(max_bytes)

    @cached_property
    def _walk(self) -> _Walk:
        return _Walk(self._root)


class _Walk:
    """Looks through a folder once: first what lies in it, then what its links lead to that was not reached yet."""

    def __init__(self, root: Path) -> None:
        self.paths: list[PurePosixPath] = []
        self.left_out: list[LeftOut] = []
        self._root = root
        self._real_root = root.resolve()
        self._visited: set[tuple[int, int]] = set()
        self._links: list[PurePosixPath] = []
        self._enter(PurePosixPath())
        while self._links:
            self._links.sort(reverse=True)
            self._follow(self._links.pop())

    def _enter(self, folder: PurePosixPath) -> None:
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                if self._is_new(here):
                    with os.scandir(self._root / here) as entries:
                        waiting += self._sorted_in(here, entries)
            except OSError:
                self._leave_out(here, LeftOutReason.UNREADABLE)

    def _sorted_in(self, folder: PurePosixPath, entries: Iterable[os.DirEntry[str]]) -> list[PurePosixPath]:
        """Note the files and links, and return the folders."""
        folders = []
        for entry in entries:
            path = folder / entry.name
            if is_clutter(PurePosixPath(entry.name)):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif entry.is_symlink() and not (self._root / path).is_file():
                self._links.append(path)
            elif (self._root / path).is_file():  # neither a pipe nor a socket
                self.paths.append(path)
        return folders

    def _follow(self, link: PurePosixPath) -> None:
        target = Path(os.path.realpath(self._root / link))  # which a link to itself does not stop, unlike resolve()
        if not target.is_dir():
            if not target.exists():
                self._leave_out_link(link, LeftOutReason.LINK_BROKEN)
        elif Path(os.path.realpath((self._root / link).parent)).is_relative_to(target):
            self._leave_out_link(link, LeftOutReason.LINK_CIRCLE)
        elif not target.is_relative_to(self._real_root):
            self._leave_out_link(link, LeftOutReason.LINK_OUTSIDE)
        elif self._key(link) in self._visited:
            self._leave_out_link(link, LeftOutReason.LINK_TWICE)
        else:
            self._enter(link)

    def _is_new(self, folder: PurePosixPath) -> bool:
        key = self._key(folder)
        if key in self._visited:
            return False
        self._visited.add(key)
        return True

    def _key(self, folder: PurePosixPath) -> tuple[int, int]:
        status = (self._root / folder).stat()
        return status.st_dev, status.st_ino

    def _leave_out_link(self, link: PurePosixPath, reason: LeftOutReason) -> None:
        self._leave_out(link, reason, target=os.fspath((self._root / link).readlink()))

    def _leave_out(self, path: PurePosixPath, reason: LeftOutReason, **details: str) -> None:
        self.left_out.append(LeftOut(str(path), reason, details))
