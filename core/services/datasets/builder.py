"""Makes a version of a data set out of pictures, wherever they come from.

Nothing is stored before everything has been read, so that what is stopped half way leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from core.domain.data.content import PersonPictures, content_hash
from core.domain.data.datasets import Dataset, Findings
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import DetectedFace
from core.services.datasets.shard_writer import CONTENT, DatasetMaker, Target, no_pictures
from core.storage.disk import disk_full_said
from core.storage.scratch import scratch_folder

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.vision.datasets.dataset_pictures import Seen

Progress = Callable[[int, int], None]  # pictures done, pictures in all
Refused = Callable[["Picture", OmokageError], None]  # a picture that the decoder did not take, and why
BATCH = 32  # files that are embedded together: two runs of the network


class Reader(Protocol):
    """As much of core.vision.datasets.dataset_pictures.PictureReader as is needed here."""

    def look(self, files: Iterable[tuple[bytes, DetectedFace | None]]) -> list[Seen | OmokageError]:
        """What is kept of each file, or why nothing is."""

    def close(self) -> None:
        """Give back what reading holds."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One to read. `read` gives its bytes, or None where they are gone; `face` is the one that is meant, if known.

    `identity` is for the content's hash, where the file alone does not say which picture it is.
    """

    person: str
    source: str
    read: Callable[[], bytes | None]
    face: DetectedFace | None = None
    identity: str | None = None


def make(
    storage: DatasetStorage,
    target: Target,
    pictures: Sequence[Picture],
    *,
    findings: Findings,
    progress: Progress,
    load: Callable[[], Reader],
    refused: Refused = lambda _picture, _error: None,
) -> Dataset:
    """Read all, store all.

    Args:
        storage: gets the version.
        target: which data set.
        pictures: all of a person's in a row.
        findings: what is known before they are read.
        progress: told after each batch.
        load: makes what looks at them.
        refused: told of each picture that cannot be decoded.

    Raises:
        OmokageError: DATASET_UNFIT, there is no picture; DISK_FULL; what `read` raises.
    """
    if not pictures:  # before the networks are loaded
        raise no_pictures()
    # Beside the stored data, which is where there has to be room.
    with disk_full_said(), scratch_folder(storage.folder, "import") as folder:
        maker = DatasetMaker(folder)
        maker.note(**asdict(findings))
        reader = load()
        try:
            _read_all(reader, pictures, maker, progress, refused)
        finally:
            reader.close()
        return maker.finish(storage, target)


def newest(storage: DatasetStorage, target: Target, people: Sequence[PersonPictures]) -> Dataset | None:
    """The newest version of the data set, if that is its content already.

    Where some of its shards are lost, it is None, and they are stored anew: a damaged one has to make room for that.
    """
    try:
        known = storage.datasets.find(target.guild_id, target.name)
    except OmokageError as error:
        if error.code is ErrorCode.UNKNOWN_DATASET:
            return None
        raise
    if known.hash != content_hash(CONTENT, people):
        return None
    lost = storage.datasets.lost(known)
    for shard in lost:
        storage.blobs.delete(shard.sha256)
    return None if lost else known


def load_reader() -> Reader:
    """The product's networks: seconds and hundreds of megabytes."""
    from core.vision.datasets.dataset_pictures import load_picture_reader  # TensorFlow

    return load_picture_reader()


def _read_all(
    reader: Reader, pictures: Sequence[Picture], maker: DatasetMaker, progress: Progress, refused: Refused
) -> None:
    for start in range(0, len(pictures), BATCH):
        batch = pictures[start : start + BATCH]
        there: list[Picture] = []
        looks = reader.look(_contents(batch, there))
        kept = 0
        for picture, seen in zip(there, looks, strict=True):
            if isinstance(seen, OmokageError):
                refused(picture, seen)
            else:
                kept += 1
                maker.add(picture.person, picture.source, seen, picture.identity)
        maker.note(damaged=len(batch) - kept)
        progress(start + len(batch), len(pictures))


def _contents(batch: Sequence[Picture], there: list[Picture]) -> Iterator[tuple[bytes, DetectedFace | None]]:
    """Those that can be read, which are noted in `there`; one file in memory at a time."""
    for picture in batch:
        data = picture.read()
        if data is not None:
            there.append(picture)
            yield data, picture.face
