"""Writes a data set out as folders again, one a person, as `omokage data import` takes them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.services.dataset_index import INDEX
from core.storage.disk import disk_full_said

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.vision.records import Record

# A name may hold what a path must not. The wide forms look alike, and an import takes them for the plain ones (NFKC).
_WIDE = str.maketrans({letter: chr(ord(letter) + 0xFEE0) for letter in '/\\:*?"<>|'})
_WIDE_DOT = "．"
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp"}


def export(services: Services, dataset: Dataset, folder: Path) -> int:
    """Write every picture as it is stored: the file that came, or the crop that was kept of it.

    Files are numbered in the data set's order, so that importing the folder gives the same content again where no
    picture was cropped. An index tells where each is from, and where its face is.

    Args:
        services: of the data set's guild.
        dataset: any version.
        folder: new or empty; made if need be.

    Returns:
        The number of pictures.

    Raises:
        OmokageError: BAD_OPTION, `folder` is not empty; DATASET_CHANGED; DISK_FULL.
    """
    from core.vision.dataset_reader import open_dataset  # noqa: PLC0415 - TensorFlow

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OmokageError(ErrorCode.BAD_OPTION, option="folder", value=str(folder), allowed="a new or empty folder")
    reader = open_dataset(services, dataset)
    names = [folder_name(one.name) for one in dataset.classes]
    numbers: Counter[int] = Counter()
    index = []
    with disk_full_said():
        for name in names:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for record in reader.records():
            numbers[record.label] += 1
            file = f"{names[record.label]}/{numbers[record.label]:05d}{_suffix(record.image)}"
            (folder / file).write_bytes(record.image)
            index.append({"file": file, "person": dataset.classes[record.label].name, **_entry(record)})
        (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1), "utf-8")
    return len(index)


def folder_name(person: str) -> str:
    """A person's name as a folder's; an import makes the same name of it."""
    safe = person.translate(_WIDE)
    if safe.startswith("."):  # hidden, or the folder above
        safe = _WIDE_DOT + safe[1:]
    return safe[:-1] + _WIDE_DOT if safe.endswith(".") else safe  # Windows drops a dot at the end


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
