"""Which folders of a source are people's folders, and which only contain those.

A folder that holds, of pictures, nothing but one sub-folder lies around the people's folders (a *wrapper*, of any
depth); files that are no pictures do not matter to that. It is a person's where its own sub-folders are albums of one
person: years, dates, camera folders, `selfies`, numbers beside loose pictures. `train`, `val` and `test` are parts of
one set and are merged. The full rule is in docs/data.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

_PARTS = frozenset({"train", "training", "val", "valid", "validation", "dev", "eval", "test", "testing"})
# 2023, 2023-05, 20230514, "2023-05-14 Kyoto", 2023年; 100APPLE and 101_PANA are what cameras make (DCF).
_ALBUM = re.compile(r"(19|20)\d\d([-_. ]?\d\d){0,2}(\D.*)?|\d{3}[A-Z_]{5}", re.DOTALL)
# Only of folders without sub-folders: `images` may as well lie around the people's.
_WORDS = (
    "album albums camera dcim photos pictures pics images img selfies portraits faces crops cropped raw edited edits "
    "original originals best favorites favourites favorite favourite misc other others old new screenshots "
    "写真 画像 自撮り その他 お気に入り"
)
_ALBUM_WORDS = frozenset(_WORDS.split())
_MAX_DEPTH = 32  # folders that are told apart; a hostile name has thousands, and they would be as many recursions


@dataclass(eq=False)
class Folder:
    """A folder with everything below it; `pictures` are those of its `files` that are (or claim to be) pictures."""

    path: PurePosixPath
    files: list[PurePosixPath] = field(default_factory=list)
    pictures: list[PurePosixPath] = field(default_factory=list)
    folders: dict[str, Folder] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[str, Folder]:
        """The sub-folders in which there are pictures, however deep."""
        return {name: folder for name, folder in self.folders.items() if folder.pictures or folder.children}

    def all_files(self) -> Iterator[PurePosixPath]:
        """Everything in it, however deep."""
        yield from self.files
        for folder in self.folders.values():
            yield from folder.all_files()


@dataclass(frozen=True, slots=True)
class FolderLayout:
    """The people's folders by their names; `wrapper` and `merged` as in ImportReport; `beside`: pictures of nobody."""

    people: Mapping[str, Folder]
    wrapper: tuple[str, ...]
    merged: tuple[str, ...]
    beside: tuple[PurePosixPath, ...]


IsExport = Callable[[Folder], bool]  # whether `omokage data export` made it: then all of its sub-folders are people's


def build_tree(paths: Iterable[PurePosixPath], is_picture: Callable[[PurePosixPath], bool]) -> Folder:
    """The files as folders; where none is a picture, all count as such, so that their folders have owners."""
    files = sorted(paths)
    pictures = {path for path in files if is_picture(path)} or set(files)
    root = Folder(PurePosixPath())
    for path in files:
        folder = root
        for name in path.parts[:-1][:_MAX_DEPTH]:
            folder = folder.folders.setdefault(name, Folder(folder.path / name))
        folder.files.append(path)
        if path in pictures:
            folder.pictures.append(path)
    return root


def find_people(root: Folder, name: str, is_export: IsExport) -> FolderLayout:
    """The people's folders.

    Args:
        root: the source.
        name: what the source is called, which is the person's name if there are only albums in it.
        is_export: see `IsExport`.
    """
    level, wrapper, merged, beside = root, [], [], list[PurePosixPath]()
    while not is_export(level):
        children = level.children
        if len(children) > 1 and all(child.casefold() in _PARTS for child in children):
            beside += level.pictures
            merged += list(children)
            level = _merged(level.path, children.values())
        elif len(children) == 1 and _is_wrapper(next(iter(children.values())), is_export):
            beside += level.pictures
            wrapper += list(children)
            (level,) = children.values()
        else:
            break
    if level is root and _is_one_person(root) and not is_export(root):
        return FolderLayout({name: root}, (), (), ())
    return FolderLayout(level.children, tuple(wrapper), tuple(merged), (*beside, *level.pictures))


def _is_wrapper(folder: Folder, is_export: IsExport) -> bool:
    """Whether the only folder at its level lies around people's folders, rather than being a person's."""
    if not folder.children:
        return False
    if is_export(folder) or folder.path.name.casefold() in _PARTS:
        return True
    albums = sum(_is_album(name, child, folder) for name, child in folder.children.items())
    people = len(folder.children) - albums
    # With pictures beside it, a single sub-folder is an album, whatever it is called.
    return people > albums and not (folder.pictures and people == 1)


def _is_album(name: str, folder: Folder, above: Folder) -> bool:
    if _ALBUM.fullmatch(name):
        return True
    is_leaf = not folder.children
    if name.isdecimal():  # people of research data sets are numbered
        return bool(above.pictures)
    return is_leaf and name.casefold() in _ALBUM_WORDS | _PARTS


def _is_one_person(root: Folder) -> bool:
    """Whether the source holds nothing but years: nobody is called 2023."""
    return bool(root.children) and all(_ALBUM.fullmatch(name) for name in root.children)


def _merged(path: PurePosixPath, folders: Iterable[Folder]) -> Folder:
    """All that is in these folders, as if it lay in one; folders of one name become one."""
    merged = Folder(path)
    below: dict[str, list[Folder]] = {}
    for folder in folders:
        merged.files += folder.files
        merged.pictures += folder.pictures
        for name, child in folder.folders.items():
            below.setdefault(name, []).append(child)
    merged.folders = {name: _merged(children[0].path, children) for name, children in below.items()}
    return merged
