"""Building a version of a data set from pictures, whatever their source.

Nothing is stored before everything has been read, so that an interrupted build leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Protocol

from core.domain.data.ages import AgeLabel
from core.domain.data.content import PersonPictures, content_hash
from core.domain.data.datasets import Dataset, Findings
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import DetectedFace
from core.services.datasets.shard_writer import CONTENT, DatasetTarget, ShardWriter, no_pictures_error
from core.storage.disk import disk_full_said
from core.storage.scratch import scratch_folder

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.vision.datasets.dataset_pictures import DatasetPicture

Progress = Callable[[int, int], None]  # pictures done, pictures in all
OnRefused = Callable[["DatasetSource", OmokageError], None]  # a picture that the decoder did not take, and why
BATCH = 32  # files that are embedded together: two runs of the network


class PictureFileReader(Protocol):
    """The part of core.vision.datasets.dataset_pictures.PictureReader that is used here."""

    def read_pictures(self, files: Iterable[tuple[bytes, DetectedFace | None]]) -> list[DatasetPicture | OmokageError]:
        """Return the picture that is kept of each file, or the error for which there is none."""

    def close(self) -> None:
        """Release the reader's resources."""


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """A picture to read. `read` gives its bytes, or None where they are gone; `face` is its face, if known.

    `identity` is for the content's hash, where the file alone does not say which picture it is. `label` is the age of
    the face, if known.
    """

    person: str
    source: str
    read: Callable[[], bytes | None]
    face: DetectedFace | None = None
    identity: str | None = None
    label: AgeLabel | None = None


def build_dataset(
    storage: DatasetStorage,
    target: DatasetTarget,
    pictures: Sequence[DatasetSource],
    *,
    findings: Findings,
    progress: Progress,
    load: Callable[[], PictureFileReader],
    on_refused: OnRefused = lambda _picture, _error: None,
) -> Dataset:
    """Read all pictures, then store them as a version.

    Args:
        storage: gets the version.
        target: which data set.
        pictures: all of a person's in a row.
        findings: counts from before the pictures are read.
        progress: called after each batch.
        load: makes the reader.
        on_refused: called with each picture that cannot be decoded.

    Raises:
        OmokageError: DATASET_UNFIT, there is no picture; DISK_FULL; what `read` raises.
    """
    if not pictures:  # before the networks are loaded
        raise no_pictures_error()
    # Beside the stored data, which is where there has to be room.
    with disk_full_said(), scratch_folder(storage.folder, "import") as folder:
        writer = ShardWriter(folder)
        writer.count(**asdict(findings))
        reader = load()
        try:
            _read_all(reader, pictures, writer, progress, on_refused)
        finally:
            reader.close()
        return writer.finish(storage, target)


def find_unchanged(storage: DatasetStorage, target: DatasetTarget, people: Sequence[PersonPictures]) -> Dataset | None:
    """Return the newest version of the data set if its content is `people`'s already.

    Where some of its shards are missing, the result is None, and damaged ones are deleted, so that all are stored anew.
    """
    try:
        newest = storage.datasets.find(target.guild_id, target.name)
    except OmokageError as error:
        if error.code is ErrorCode.UNKNOWN_DATASET:
            return None
        raise
    if newest.hash != content_hash(CONTENT, people):
        return None
    missing = storage.datasets.missing_shards(newest)
    for shard in missing:
        storage.blobs.delete(shard.sha256)
    return None if missing else newest


def load_reader() -> PictureFileReader:
    """Load the product's networks, which takes seconds and hundreds of megabytes."""
    from core.vision.datasets.dataset_pictures import load_picture_reader  # TensorFlow

    return load_picture_reader()


def _read_all(
    reader: PictureFileReader,
    pictures: Sequence[DatasetSource],
    writer: ShardWriter,
    progress: Progress,
    on_refused: OnRefused,
) -> None:
    for start in range(0, len(pictures), BATCH):
        batch = pictures[start : start + BATCH]
        readable: list[DatasetSource] = []
        results = reader.read_pictures(_readable_files(batch, readable))
        kept = 0
        for picture, result in zip(readable, results, strict=True):
            if isinstance(result, OmokageError):
                on_refused(picture, result)
            else:
                kept += 1
                writer.add(picture.person, picture.source, _with_age(result, picture.label), picture.identity)
        writer.count(damaged=len(batch) - kept)
        progress(start + len(batch), len(pictures))


def _with_age(picture: DatasetPicture, label: AgeLabel | None) -> DatasetPicture:
    return picture if label is None else replace(picture, age=label.age, gender=label.gender)


def _readable_files(
    batch: Sequence[DatasetSource], readable: list[DatasetSource]
) -> Iterator[tuple[bytes, DetectedFace | None]]:
    """Yield the files that can be read, which are appended to `readable`; one file in memory at a time."""
    for picture in batch:
        data = picture.read()
        if data is not None:
            readable.append(picture)
            yield data, picture.face
