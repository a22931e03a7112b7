"""Which folders are people's; the rule is in docs/data.md."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from core.domain.data.picture_files import is_picture_name
from core.services.datasets.people_folders import FolderLayout, build_tree, find_people


def layout(*paths: str, name: str = "source") -> FolderLayout:
    return find_people(build_tree(map(PurePosixPath, paths), is_picture_name), name, lambda _folder: False)


def people(found: FolderLayout) -> dict[str, list[str]]:
    return {name: sorted(map(str, folder.all_files())) for name, folder in found.people.items()}


def counts(found: FolderLayout) -> dict[str, int]:
    return {name: len(files) for name, files in people(found).items()}


@pytest.mark.parametrize(
    ("paths", "wrapper", "persons"),
    [
        # Nothing lies around them
        (["a/1.jpg", "b/1.jpg"], "", {"a": 1, "b": 1}),
        (["a/1.jpg"], "", {"a": 1}),
        (["a/1.jpg", "b/1.jpg", "list.csv", "docs/readme.txt"], "", {"a": 1, "b": 1}),
        # Wrappers of any depth, with what is no picture beside
        (["people/a/1.jpg", "people/b/1.jpg"], "people", {"a": 1, "b": 1}),
        (["set/set/a/1.jpg", "set/set/b/1.jpg", "list.csv", "set/readme.txt"], "set/set", {"a": 1, "b": 1}),
        (["w/x/y/a/1.jpg", "w/x/y/b/1.jpg"], "w/x/y", {"a": 1, "b": 1}),
        (["people/a/1.jpg"], "people", {"a": 1}),
        (["people/a/1.jpg", "people/b/1.jpg", "docs/x.txt"], "people", {"a": 1, "b": 1}),
        # Numbers are people's in research data sets
        (["faces/1/1.jpg", "faces/2/1.jpg", "faces/2001/1.jpg"], "faces", {"1": 1, "2": 1, "2001": 1}),
        # People with albums
        (["a/2023/1.jpg", "a/2024/1.jpg", "b/holiday/1.jpg"], "", {"a": 2, "b": 1}),
        (["people/a/2023/1.jpg", "people/b/2023/1.jpg"], "people", {"a": 1, "b": 1}),
        # One person with albums
        (["Anna/best.jpg", "Anna/2023/a.jpg", "Anna/2024/b.jpg"], "", {"Anna": 3}),
        (["Anna/2023/a.jpg", "Anna/2024/b.jpg"], "", {"Anna": 2}),
        (["Anna/2023-05-14 Kyoto/a.jpg", "Anna/20240101/b.jpg", "Anna/2024年/c.jpg"], "", {"Anna": 3}),
        (["Anna/100APPLE/a.jpg", "Anna/101APPLE/b.jpg"], "", {"Anna": 2}),
        (["Anna/selfies/a.jpg", "Anna/写真/b.jpg"], "", {"Anna": 2}),
        (["Anna/best.jpg", "Anna/1/a.jpg", "Anna/2/b.jpg"], "", {"Anna": 3}),
        (["Anna/best.jpg", "Anna/holiday/a.jpg"], "", {"Anna": 2}),
        (["Anna/2023/1.jpg", "Anna/2024/1.jpg", "Anna/wedding/1.jpg"], "", {"Anna": 3}),
        (["people/Anna/best.jpg", "people/Anna/2023/a.jpg"], "people", {"Anna": 2}),
        (["Anna/train/1.jpg", "Anna/test/1.jpg"], "", {"Anna": 2}),
        # `images` lies around people's folders where there are folders in it
        (["set/images/a/1.jpg", "set/images/b/1.jpg"], "set/images", {"a": 1, "b": 1}),
    ],
)
def test_people_are_told_from_what_lies_around_them(paths: list[str], wrapper: str, persons: dict[str, int]) -> None:
    result = layout(*paths)
    assert (counts(result), "/".join(result.wrapper), result.beside) == (persons, wrapper, ())


def test_a_person_keeps_the_files_of_all_depths() -> None:
    result = layout("w/Anna/1.jpg", "w/Anna/1.txt", "w/Anna/2023/05/2.jpg", "w/Ben/3.jpg")
    assert people(result)["Anna"] == ["w/Anna/1.jpg", "w/Anna/1.txt", "w/Anna/2023/05/2.jpg"]


def test_pictures_beside_the_people_are_nobodys_and_named() -> None:
    result = layout("cover.jpg", "people/group.jpg", "people/Anna/1.jpg", "people/Ben/1.jpg", "people/list.csv")
    assert counts(result) == {"Anna": 1, "Ben": 1}
    assert [str(path) for path in result.beside] == ["cover.jpg", "people/group.jpg"]


@pytest.mark.parametrize("names", [("train", "val", "test"), ("Training", "VALID"), ("validation", "Test")])
def test_the_parts_of_a_split_set_are_merged(names: tuple[str, ...]) -> None:
    result = layout(*(f"{part}/{person}/{part}.jpg" for part in names for person in "ab"))
    assert counts(result) == {"a": len(names), "b": len(names)}
    assert set(result.merged) == set(names)


def test_parts_may_have_wrappers_around_them_and_inside() -> None:
    result = layout(*(f"set/{part}/images/{person}/1.jpg" for part in ("train", "test") for person in "ab"))
    assert counts(result) == {"a": 2, "b": 2}
    assert (result.wrapper, result.merged) == (("set", "images"), ("test", "train"))


def test_one_part_alone_is_a_wrapper() -> None:
    result = layout("train/a/1.jpg", "train/b/1.jpg")
    assert (counts(result), result.wrapper, result.merged) == ({"a": 1, "b": 1}, ("train",), ())


def test_a_part_beside_people_is_a_person() -> None:
    assert counts(layout("test/1.jpg", "anna/1.jpg")) == {"test": 1, "anna": 1}


def test_a_source_of_years_alone_is_one_person_called_like_it() -> None:
    result = layout("best.jpg", "2023/a.jpg", "2024/b.jpg", name="Anna")
    assert (counts(result), result.beside) == ({"Anna": 3}, ())


def test_pictures_without_folders_are_nobodys() -> None:
    result = layout("1.jpg", "2.jpg")
    assert (counts(result), len(result.beside)) == ({}, 2)


def test_what_was_exported_is_people_whatever_they_are_called() -> None:
    folders = ["out/train/1.jpg", "out/test/1.jpg", "out/2023/1.jpg", "out/index.json"]
    root = build_tree(map(PurePosixPath, folders), is_picture_name)
    result = find_people(root, "x", lambda folder: PurePosixPath("out/index.json") in folder.files)
    assert (counts(result), result.wrapper, result.merged) == ({"train": 1, "test": 1, "2023": 1}, ("out",), ())


def test_a_name_of_thousands_of_folders_is_no_recursion_without_end() -> None:
    assert counts(layout("a/" * 30_000 + "1.jpg", "a/" * 30_000 + "2.jpg")) == {"a": 2}
