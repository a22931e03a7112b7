"""A guild that has one of everything, to be kept from strangers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select, update

from bot.features.optimize.requests import OptimizeOptions, params_of, request_for
from core.bootstrap import Services
from core.domain.ageing import AgeRequest
from core.domain.classification import ClassifyResult
from core.domain.clock import now_utc
from core.domain.data.datasets import Dataset, DatasetClass, Shard
from core.domain.explanation import DecidingPicture, WhyRequest, WhyResult
from core.domain.faces import Candidate
from core.domain.generation import Face, FaceChoice, FilmRequest, GridRequest, MixRequest, MorphRequest, NearestRequest
from core.domain.ids import synthetic_id
from core.domain.jobs import JSON, Job, JobKind, JobRequest, JobState, Origin
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.moving import ChatExportResult
from core.domain.optimisation import OptimizeMode
from core.domain.people import NewFace
from core.domain.picture_sheets import SheetRequest, SheetResult
from core.domain.registry.versions import Version
from core.domain.teaching import TeachRequest
from core.domain.training.runs import Run, RunKind, RunRequest
from core.services.attack.targets import Target
from core.services.runs.segments import SegmentResult
from core.storage.labelling_rows import save_picture
from core.storage.tables import faces, jobs, metadata
from tests.integration.bot.fakes.ager import FakeAgeing
from tests.integration.bot.fakes.generator import FakeGeneration
from tests.integration.bot.fakes.optimizer import FakeOptimization
from tests.integration.bot.fakes.teacher import FakeTeaching
from tests.integration.bot.fakes.trainer import Trainer, a_report
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face, jpeg

SECRET = "Yukihime"  # of whatever has a name; no member types it
_ELSEWHERE = "elsewhere"  # a worker that nobody else sees


@dataclass(frozen=True)
class FullGuild:
    """What there is: a finished job of each kind that members see, a question, a running job, runs, a version that
    may be promoted in the place of another."""

    guild_id: int
    done: Mapping[JobKind, Job]
    choice: Job
    running: Job
    paused: Run
    finished: Run
    version: Version
    dataset: Dataset
    person_id: int
    card_id: int
    receipt_id: str

    @property
    def job_ids(self) -> list[int]:
        """All jobs that have an answer or will have one."""
        return [*(job.id for job in self.done.values()), self.choice.id, self.running.id]

    @property
    def secrets(self) -> list[str]:
        """What nobody else may ever read: names, and numbers that are long enough to be told from others."""
        return [SECRET, self.receipt_id, *map(str, (*self.job_ids, self.paused.id, self.finished.id))]


def build_full_guild(  # noqa: PLR0917 - the stand-ins of the tests
    services: Services,
    worker: FakeWorker,
    fake_generation: FakeGeneration,
    fake_optimization: FakeOptimization,
    fake_ageing: FakeAgeing,
    fake_teaching: FakeTeaching,
    guild_id: int,
    owner: int,
) -> FullGuild:
    """Make one of everything in a guild, as `owner` would; nothing of it waits for a worker or for the relay."""
    origin = Origin(guild_id, 0, owner, "en", 1, "")
    fakes = fake_generation, fake_optimization, fake_ageing, fake_teaching
    return _GuildBuilder(services, worker, *fakes, origin).make()


@dataclass(frozen=True)
class _GuildBuilder:
    services: Services
    worker: FakeWorker
    fake_generation: FakeGeneration
    fake_optimization: FakeOptimization
    fake_ageing: FakeAgeing
    fake_teaching: FakeTeaching
    origin: Origin

    def make(self) -> FullGuild:
        new = NewFace(1, face(1).box, 0.9, (), embedding(9), "test")
        self.services.people.enrol(self.origin.guild_id, "Somebody", new, source="cli:x")
        forgotten = self.services.forgetter.forget(self.origin.guild_id, "Somebody", by=self.origin.member_id)
        person = self.services.people.enrol(self.origin.guild_id, SECRET, new, source="cli:x")
        dataset = self._dataset()
        _, serving = self._finished(dataset)
        self.services.registry.promote(serving.id, self.origin.member_id)
        finished, version = self._finished(dataset)
        paused = self._paused(dataset)
        done = {job.kind: job for job in self._done(person.id, dataset, version)}
        taught, card_id = self._card(person.id)
        done[JobKind.TEACH] = taught
        guild = FullGuild(
            self.origin.guild_id,
            done,
            self._choice(),
            self._running(),
            paused,
            finished,
            version,
            dataset,
            person.id,
            card_id,
            forgotten.receipt.id,
        )
        for entry in self.services.jobs.outbox.pending():
            self.services.jobs.outbox.mark_sent(entry.id, None)
        return guild

    def _dataset(self) -> Dataset:
        content = SECRET.encode()
        shards = [Shard(self.services.blobs.put(content), 30, len(content))]
        classes = [DatasetClass(f"{SECRET} {number}", number, 10) for number in (1, 2, 3)]
        digest = content.hex().ljust(64, "0")
        return self.services.datasets.add(
            self.origin.guild_id, f"{SECRET} album", classes, shards, hash=digest, without_face=0, by=1
        )

    def _finished(self, dataset: Dataset) -> tuple[Run, Version]:
        services = self.services
        request = RunRequest(synthetic_id(), RunKind.RECOGNISER, "slim", dataset.id, 10, self.origin, {})
        run = services.runs.start(request, _ELSEWHERE)
        draft, names = Trainer(run).finish(), tuple(one.name for one in dataset.classes)
        metrics = {**draft.metrics, "report": replace(a_report(), names=names).to_json()}
        draft = replace(draft, classes=tuple((name, number) for number, name in enumerate(names, 1)), metrics=metrics)
        version = services.registry.register(run, dataset, draft)
        services.runs.segments.finish(services.jobs.get(run.job_id or 0), SegmentResult(10, 10, [], 1.0, None))
        return services.runs.get(run.id), version

    def _paused(self, dataset: Dataset) -> Run:
        self.worker.pause()
        request = RunRequest(synthetic_id(), RunKind.RECOGNISER, "slim", dataset.id, 10, self.origin, {})
        run = self.services.runs.start(request)
        paused = self.services.runs.control.pause(run.id, self.origin.member_id)
        self.worker.resume()
        return paused

    def _done(self, person_id: int, dataset: Dataset, version: Version) -> Sequence[Job]:
        put, draw, a, b = self.services.blobs.put, self.fake_generation, Face(3), Face(4)
        picture = put(jpeg(40, 30))
        report = replace(a_report(), names=tuple(person.name for person in dataset.classes)).to_json()
        likely = face(1, Candidate(person_id, SECRET, 0.9), named=True)
        result = ClassifyResult(320, 240, picture, "image/jpeg", (likely, face(2)), "test-1", 0.25)
        faces = [NewFace(one.number, one.box, one.score, (), embedding(one.number), "test") for one in result.faces]
        photo: dict[str, JSON] = {"photo_url": "https://cdn.discordapp.com/x", "filename": f"{SECRET}.jpg", "of": 1}
        reason = DecidingPicture(now_utc(), 1, 2, 3, copies=1, is_shown=False)
        why = WhyResult(person_id, SECRET, 0.9, 0.9, 0.4, (reason,), 2, 1, "", put(jpeg(44, 33)), (), blurred=False)
        owned = [record.id for record in self.services.people.gallery.faces_of(self.origin.guild_id, person_id)]
        sheet = SheetResult(person_id, 0, 1, tuple(owned), put(jpeg(53, 50)), blurred=False)
        exported = ChatExportResult(1, 1, 0, fits=True, file=put(SECRET.encode() * 9))
        classified = self._end(self._begun(JobKind.CLASSIFY, photo), result.to_json(), faces)
        curated: dict[str, JSON] = {"dataset_id": dataset.id, "subject": "face", "pictures": 30, "kept": 20}
        curated |= {"dropped": {"blurred": 10}, "report": put(b"{}"), "dropped_sheet": picture}
        of_data: dict[str, JSON] = {"dataset_id": dataset.id, "title": dataset.title}
        of_version: dict[str, JSON] = {"version_id": version.id, "title": version.title}
        evaluated: dict[str, JSON] = {"version": 1, "title": version.title, "report": report, "pictures": [picture]}
        aim = request_for(Target(SECRET, person_id), OptimizeOptions(mode=OptimizeMode.NOISE, seed=1))
        drawn = [
            (JobKind.GENERATE, GridRequest(4, 3).to_json(), draw._grid),
            (JobKind.MORPH, MorphRequest(a, b).to_json(), draw._morph),
            (JobKind.MIX, MixRequest((a,), (b,)).to_json(), draw._mix),
            (JobKind.FILM, FilmRequest((a, b)).to_json(), draw._film),
            (JobKind.NEAREST, NearestRequest(a).to_json(), draw._nearest),
        ]
        begun = [(self._begun(kind, params), make) for kind, params, make in drawn]
        fooling = self._begun(JobKind.OPTIMIZE, params_of(aim))
        ageing = self._begun(JobKind.AGE, AgeRequest(put(jpeg(80, 62)), to=70).to_json())
        return [
            classified,
            self._end(self._begun(JobKind.WHY, WhyRequest(classified.id, 1).to_json()), why.to_json()),
            self._end(self._begun(JobKind.EXPORT, {"title": "/people export"}), exported.to_json()),
            self._end(self._begun(JobKind.SHEET, SheetRequest(person_id).to_json()), sheet.to_json()),
            self._end(self._begun(JobKind.EVALUATE, of_version), evaluated),
            self._end(self._begun(JobKind.SNAPSHOT, {"title": "labels"}), {"dataset_id": dataset.id}),
            self._end(self._begun(JobKind.CURATE, of_data), curated),
            self._end(fooling, self.fake_optimization._made(fooling, stopped=False).to_json()),
            self._end(ageing, self.fake_ageing.answer(ageing).to_json()),
            *(self._end(job, make(job).to_json()) for job, make in begun),
        ]

    def _card(self, person_id: int) -> tuple[Job, int]:
        """Show the owner a card with a contributed face; its picture is drawn."""
        guild_id, labelling = self.origin.guild_id, self.services.labelling
        request = TeachRequest((self.services.blobs.put(jpeg(80, 63)),), SECRET)
        result, found = self.fake_teaching.result(request)
        job = self._end(self._begun(JobKind.TEACH, request.to_json()), result.to_json(), found)
        with self.services.database.read() as connection:
            ids = list(connection.execute(select(faces.c.id).where(faces.c.job_id == job.id)).scalars())
        labelling.add_faces(guild_id, {face_id: {person_id: 0.6, SOMEBODY_ELSE: 0.4} for face_id in ids})
        shown = labelling.next_card(guild_id, self.origin.member_id)
        assert shown is not None
        with self.services.database.write() as connection:
            save_picture(connection, shown.id, self.services.blobs.put(jpeg(60, 60)))
        return job, shown.id

    def _choice(self) -> Job:
        """A mix that waits for somebody to say which face of a photo is meant."""
        photo = self.services.blobs.put(jpeg(80, 60))
        job = self._begun(JobKind.MIX, MixRequest((Face(photo=photo),)).to_json())
        choice = FaceChoice("add/0", photo, 3, self.services.blobs.put(jpeg(80, 61)))
        return self._end(job, self.fake_generation._drawn(None, choice=choice).to_json())

    def _running(self) -> Job:
        return self._begun(
            JobKind.CLASSIFY, {"photo_url": "https://cdn.discordapp.com/y", "filename": "y.jpg", "of": 1}
        )

    def _begun(self, kind: JobKind, params: Mapping[str, JSON]) -> Job:
        """A job that a worker works on, for a day to come."""
        job = self.services.jobs.receive(JobRequest(synthetic_id(), kind, self.origin, params))
        lease = {"lease_owner": _ELSEWHERE, "lease_until": now_utc() + timedelta(days=1), "started_at": now_utc()}
        with self.services.database.write() as connection:
            changed = update(jobs).where(jobs.c.id == job.id)
            connection.execute(changed.values(state=JobState.RUNNING, attempts=1, **lease))
        return self.services.jobs.get(job.id)

    def _end(self, job: Job, result: Mapping[str, JSON], faces: Sequence[NewFace] = ()) -> Job:
        assert self.services.jobs.leases.finish(job.id, _ELSEWHERE, result, faces, keep=True)
        return self.services.jobs.get(job.id)


def every_row(services: Services) -> set[tuple[str, str]]:
    """Read all that the database holds: the names of tables, and rows."""
    with services.database.read() as connection:
        tables = metadata.sorted_tables
        return {(table.name, repr(row)) for table in tables for row in connection.execute(select(table))}


def rows_of(services: Services, guild_id: int) -> set[tuple[str, str]]:
    """Read all rows that say themselves that they are a guild's; there are some, so that the check is one."""
    with services.database.read() as connection:
        tables = [table for table in metadata.sorted_tables if "guild_id" in table.c]
        result = {
            (table.name, repr(row))
            for table in tables
            for row in connection.execute(select(table).where(table.c.guild_id == guild_id))
        }
    assert {"jobs", "runs", "people", "faces"} <= {name for name, _ in result}
    return result
