"""A worker without TensorFlow: takes jobs in a thread, as the real one does, and answers what a test tells it."""

from __future__ import annotations

import asyncio
import io
import queue
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from PIL import Image

from core.bootstrap import Services
from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.errors import OmokageError
from core.domain.faces import Box, Candidate
from core.domain.jobs import Failure, Job, JobKind, QueueName
from core.domain.people import NewFace

Faces = list[FaceAnswer]
OWNER = "fake-worker"


@dataclass(frozen=True)
class Event:
    """As much of worker.events.JobEvent as the bot looks at."""

    job_id: int
    kind: str
    stage: str = ""
    detail: str = ""


@dataclass
class FakeWorker:
    """`see` says what is in a photo; `paused` holds jobs back as a busy or absent worker does."""

    see: Callable[[Job], Faces] = lambda job: [face(1), face(2)]
    enqueued: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    others: dict[JobKind, Callable[[Job], None]] = field(default_factory=dict)  # what is done for jobs without a photo

    def __post_init__(self) -> None:
        self._inbox: queue.Queue[int | None] = queue.Queue()
        self._free = threading.Event()
        self._free.set()
        self._thread: threading.Thread | None = None
        self._listeners: list[Callable[[Event], None]] = []

    def enqueue(self, job_id: int, _queue: QueueName, _priority: int) -> None:
        """What stands in for the broker."""
        self.enqueued.append(job_id)
        self._inbox.put(job_id)

    def start(self, services: Services) -> None:
        self._services = services
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.resume()
        self._inbox.put(None)
        if self._thread is not None:
            self._thread.join(5)

    def pause(self) -> None:
        self._free.clear()

    def resume(self) -> None:
        self._free.set()

    async def events(self) -> AsyncIterator[Event]:
        """The stream of this worker, for one bot."""
        loop, waiting = asyncio.get_running_loop(), asyncio.Queue[Event]()

        def pass_on(event: Event) -> None:
            loop.call_soon_threadsafe(waiting.put_nowait, event)

        self._listeners.append(pass_on)
        try:
            while True:
                yield await waiting.get()
        finally:
            self._listeners.remove(pass_on)

    def tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            listener(event)

    def _work(self) -> None:
        while (job_id := self._inbox.get()) is not None:
            self._free.wait()
            job = self._services.jobs.leases.claim(job_id, OWNER)
            if job is not None:
                self.taken.append(job.id)
                self._run(job)
                self.tell(Event(job.id, "finished"))

    def _run(self, job: Job) -> None:
        jobs = self._services.jobs
        if job.kind is not JobKind.CLASSIFY:
            self.others[job.kind](job)
            return
        try:
            found = self.see(job)
        except OmokageError as error:
            jobs.leases.fail(job.id, OWNER, Failure(error.code, error.details))
            return
        picture = self._services.blobs.put(jpeg(320, 240))
        result = ClassifyResult(320, 240, picture, "image/jpeg", tuple(found), "test-1", 0.25)
        new = [NewFace(one.number, one.box, one.score, (), embedding(one.number), "test") for one in found]
        jobs.leases.finish(job.id, OWNER, result.to_json(), new)


def face(number: int, *likely: Candidate, named: bool = False) -> FaceAnswer:
    """A face of an answer; with `named` as its first candidate."""
    box = Box(10.0 + 40 * number, 20.0, 30.0, 36.0)
    person_id, name = (likely[0].person_id, likely[0].name) if named else (None, None)
    return FaceAnswer(number, box, 0.99, person_id, name, likely)


async def until(check: Callable[[], object]) -> None:
    """Wait until it is so; TimeoutError after ten seconds."""
    async with asyncio.timeout(10):
        while not check():  # noqa: ASYNC110 - a look into the database; nothing tells when it has changed
            await asyncio.sleep(0.02)


def embedding(number: int) -> bytes:
    return bytes([number % 256]) * 512


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 150)).save(out, "JPEG")
    return out.getvalue()
