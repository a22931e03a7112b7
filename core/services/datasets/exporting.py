"""Exporting a data set as folders, one for each person, as `omokage data import` takes them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.data.ages import AgeLabel
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.ages import AGES, write_ages
from core.services.datasets.export_index import INDEX
from core.services.datasets.folder_names import NAME_BYTES, folder_names
from core.storage.disk import disk_full_said

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.datasets.records import Record

_WORKPLACE = ".omokage-export-"  # hidden, and beside what it becomes: on the same disk
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp"}


def export_dataset(storage: DatasetStorage, dataset: Dataset, folder: Path) -> int:
    """Write every picture as it is stored: the file that came, or the crop that was kept of it.

    Files are numbered in the data set's order, so that importing the folder gives the same content again where no
    picture was cropped. An index tells whom each shows, where it is from, and where its face is; a table has the ages,
    where there are any. The folder is there when all of it is written, and not at all before.

    Args:
        storage: has the data set.
        dataset: any version.
        folder: new or empty; made if need be.

    Returns:
        The number of pictures.

    Raises:
        OmokageError: BAD_OPTION, `folder` is not empty; DATASET_CHANGED; DISK_FULL.
        OSError: it cannot be written to.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OmokageError(ErrorCode.BAD_OPTION, option="folder", value=str(folder), allowed="a new or empty folder")
    reader = storage.open(dataset)
    with disk_full_said(), _all_or_nothing(folder.resolve()) as workplace:
        return _write(reader, [person.name for person in dataset.classes], workplace)


def _write(reader: DatasetReader, people: Sequence[str], folder: Path) -> int:
    names = folder_names(people, _max_name_bytes(folder))
    numbers: Counter[int] = Counter()
    index = []
    ages: list[tuple[str, AgeLabel]] = []
    for name in names:
        (folder / name).mkdir()
    for record in reader.records():
        numbers[record.label] += 1
        file = f"{names[record.label]}/{numbers[record.label]:05d}{_suffix(record.image)}"
        (folder / file).write_bytes(record.image)
        index.append({"file": file, "person": people[record.label], **_entry(record)})
        if record.age is not None:
            ages.append((file, AgeLabel(record.age, record.gender)))
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1), "utf-8")
    if ages:
        write_ages(folder / AGES, ages)
    return len(index)


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `folder` at the end; where anything fails, it is removed."""
    inside = folder.is_dir() and (folder.is_mount() or not os.access(folder.parent, os.W_OK))  # a container's volume
    workplace = (folder if inside else folder.parent) / f"{_WORKPLACE}{secrets.token_hex(4)}"
    workplace.mkdir(parents=True)  # not mkdtemp(), whose folders are for their owner only
    try:
        yield workplace
        if inside:
            for path in workplace.iterdir():
                path.rename(folder / path.name)
            workplace.rmdir()
        else:
            with suppress(FileNotFoundError):
                folder.rmdir()  # it is empty; Windows renames to nothing that exists
            workplace.rename(folder)
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise


def _max_name_bytes(folder: Path) -> int:
    """As many bytes as the file system takes for one name."""
    try:
        return min(NAME_BYTES, os.pathconf(folder, "PC_NAME_MAX"))
    except (AttributeError, OSError, ValueError):  # Windows has no such question
        return NAME_BYTES


def _suffix(image: bytes) -> str:
    return next((suffix for magic, suffix in _SUFFIXES.items() if image.startswith(magic)), ".img")


def _entry(record: Record) -> dict[str, object]:
    box = record.box
    return {
        "source": record.source,
        "sha256": record.sha256,
        "landmarks": record.landmarks,
        "box": None if box is None else [box.x, box.y, box.w, box.h],
    }
