"""Jobs of `/dataset curate`: which pictures of a data set are worth learning from, and a new data set of just those.

A version never changes; what is kept becomes another data set, from which nothing leads back to harm the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.domain.data.curation import CuratedPicture, Curation, Subject
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Job, JobCancelledError
from core.render.curation_words import caption_in
from core.services.curation.curate import Load, PictureSource, curate
from core.services.curation.report_files import contact_sheet, encode_jpeg, serialise_report
from core.services.datasets.shard_writer import DatasetTarget, ShardWriter
from core.storage.disk import disk_full_said
from core.storage.scratch import scratch_folder
from core.vision.crop import cut_square, middle_square
from core.vision.curation.subjects import load_finder
from core.vision.datasets.dataset_pictures import DatasetPicture
from core.vision.decoding.decode import SafeDecoder
from core.vision.views import Framing, framing_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.domain.data.datasets import Dataset
    from core.services.datasets.storage import DatasetStorage
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.datasets.records import Record
    from core.vision.recognition.photo_reader import Decoder

_SUFFIX = " curated"  # of the new data set's name
_MAX_NAME_LENGTH = 64  # characters of a name


@dataclass(frozen=True, slots=True)
class JobContext:
    """How a running job reports progress, and learns that it is cancelled."""

    progress: Callable[[str, float], None]
    cancelled: Callable[[], bool]

    def report_progress(self, done: int, of: int) -> None:
        """Report that `done` of `of` pictures are done.

        Raises:
            JobCancelledError: the job was cancelled.
        """
        if self.cancelled():
            raise JobCancelledError
        self.progress("reading", done / max(1, of))


class CurateService:
    """Curates a guild's data sets; loads networks with the first job."""

    def __init__(self, storage: DatasetStorage, load: Load = load_finder) -> None:
        self._storage = storage
        self._load = load

    def answer(self, job: Job, context: JobContext) -> dict[str, JSON]:
        """Curate the data set `dataset_id`; with the blob `report` make a data set of what that one keeps.

        Returns:
            For a curation `dataset_id`, `subject`, `pictures`, `kept`, `dropped` (by reason), and blobs: `report`, and
            where there is something to show `dropped_sheet`, `kept_sheet`. For a new data set `made`, its id.

        Raises:
            OmokageError: UNKNOWN_DATASET, DATASET_CHANGED, DATASET_UNFIT (nothing is kept), PHOTO_GONE (the report is),
                DISK_FULL.
            JobCancelledError: `context` tells so.
        """
        dataset = self._storage.datasets.get(int(str(job.params["dataset_id"])), job.origin.guild_id)
        reader = self._storage.open(dataset, context.report_progress)
        report = job.params.get("report")
        if report is not None:
            return {"made": self._make_dataset(dataset, reader, str(report), job.origin.member_id, context).id}
        return self._curate(dataset, reader, job.origin.locale, context)

    def _curate(self, dataset: Dataset, reader: DatasetReader, locale: str, context: JobContext) -> dict[str, JSON]:
        subject = Subject.FACE if framing_of(reader.found) is Framing.PORTRAIT else Subject.ANY
        blobs = self._storage.blobs
        with self._as_files(reader) as pictures, closing(SafeDecoder()) as decoder, disk_full_said():
            curation = curate(pictures, subject, progress=context.report_progress, load=self._load, decoder=decoder)
            result: dict[str, JSON] = {
                "dataset_id": dataset.id,
                "subject": subject.value,
                "pictures": len(curation.pictures),
                "kept": len(curation.kept),
                "dropped": {reason.value: count for reason, count in curation.counts.items()},
                "report": blobs.put(serialise_report(curation).encode()),
            }
            for name, chosen in (("dropped_sheet", curation.dropped), ("kept_sheet", curation.kept)):
                png = contact_sheet(pictures, curation, chosen, decoder, caption_in(locale))
                result |= {name: blobs.put(png)} if png is not None else {}
        return result

    @contextmanager
    def _as_files(self, reader: DatasetReader) -> Iterator[list[PictureSource]]:
        """Write the pictures to scratch files, named by their index, which take no memory until they are read."""
        with disk_full_said(), scratch_folder(self._storage.folder, "curate") as folder:
            offered = []
            for index, record in enumerate(reader.records()):
                path = folder / str(index)
                path.write_bytes(record.image)
                offered.append(PictureSource(str(index), path.read_bytes))
            yield offered

    def _make_dataset(
        self, dataset: Dataset, reader: DatasetReader, report: str, by: int, context: JobContext
    ) -> Dataset:
        curation = Curation.from_json(json.loads(self._storage.blobs.get(report)))
        if len(curation.pictures) != len(reader):
            raise OmokageError(ErrorCode.DATASET_CHANGED)
        target = DatasetTarget(dataset.guild_id, curated_name(dataset.name), by, named=dataset.people > 0)
        with disk_full_said(), scratch_folder(self._storage.folder, "import") as folder:
            writer = ShardWriter(folder)
            records = _with_embeddings(reader) if curation.subject is Subject.FACE else reader.records()
            with closing(SafeDecoder()) as decoder:
                for index, (record, curated) in enumerate(zip(records, curation.pictures, strict=True)):
                    context.report_progress(index, len(reader))
                    if curated.reason is None:
                        person = dataset.classes[record.label].name
                        writer.add(person, record.source, *_curated_picture(record, curated, curation.subject, decoder))
            return writer.finish(self._storage, target)


def curated_name(name: str) -> str:
    """Return the name of the data set that a curation makes; curating a curated one makes its next version."""
    return name if name.endswith(_SUFFIX) else name[: _MAX_NAME_LENGTH - len(_SUFFIX)] + _SUFFIX


def _with_embeddings(reader: DatasetReader) -> Iterator[Record]:
    """Yield the records with embeddings by the present networks."""
    for record, embedding in zip(reader.records(), reader.embeddings, strict=True):
        yield record if record.landmarks is None else replace(record, embedding=embedding.astype("<f4").tobytes())


def _curated_picture(
    record: Record, curated: CuratedPicture, subject: Subject, decoder: Decoder
) -> tuple[DatasetPicture, str]:
    """Return a picture as the new data set keeps it, and its identity for the content hash.

    A picture with a face stays as it is, since its landmarks say how to frame it; of others the subject is cut out.
    """
    picture = DatasetPicture(
        record.image,
        record.sha256,
        record.landmarks,
        record.box,
        record.score,
        0.0,
        record.embedding,
        None,
        age=record.age,
        gender=record.gender,
    )
    if subject is Subject.FACE:
        return picture, f"{record.sha256}/{record.source}"
    image = decoder.decode(record.image)
    crop = curated.crop or middle_square(image)
    cut_out = replace(
        picture, image=encode_jpeg(cut_square(image, crop)), landmarks=None, box=None, score=0.0, embedding=b""
    )
    return cut_out, f"{record.sha256}/{record.source}/{crop}"
