"""Fools in the fake worker: grey pictures, in the results and the progress that the real service gives."""

from __future__ import annotations

import io
import json
import threading
import time

from PIL import Image

from core.bootstrap import Services
from core.domain.errors import OmokageError
from core.domain.faces import Box, Candidate
from core.domain.generation import FaceChoice
from core.domain.jobs import Failure, Job, JobKind
from core.domain.optimisation import (
    Norms,
    OptimizeMode,
    OptimizeRequest,
    OptimizeResult,
    OptimizeStep,
    Prediction,
    Transfer,
)
from core.domain.people import NewFace
from tests.integration.bot.fakes.trainer import GUILD, NAMES
from tests.integration.bot.fakes.worker import OWNER, Event, FakeWorker, embedding, jpeg

MODEL = "recogniser v1 (cnn slim)"


class FakeOptimization:
    """`asked`: the jobs in their order; `faces`: in each photo; `named`: whether it works.

    With `steps_shown` it tells of so many steps, then goes on until it is stopped or told to `go`.
    """

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.worker = worker
        self.asked: list[Job] = []
        self.faces = 1
        self.named = True
        self.steps_shown = 0
        self.error: OmokageError | None = None
        self.go = threading.Event()
        worker.others[JobKind.OPTIMIZE] = self._work

    def tell(self, job: Job, step: int, picture: str | None) -> None:
        """As the real worker does every few seconds."""
        detail = OptimizeStep(step, 300, 2.0 / step, 1 - 1 / step, picture)
        self.worker.tell(Event(job.id, "progress", "optimising", json.dumps(detail.to_json())))

    def png(self, shade: int, side: int = 48) -> str:
        out = io.BytesIO()
        Image.new("RGB", (side, side), (shade, shade, 90)).save(out, "PNG")
        return self.services.blobs.put(out.getvalue())

    def _work(self, job: Job) -> None:
        self.asked.append(job)
        jobs = self.services.jobs
        if self.error is not None:
            jobs.leases.fail(job.id, OWNER, Failure(self.error.code, self.error.details))
            return
        done = self._choice(job) or self._made(job, stopped=self._optimise(job))
        jobs.leases.finish(job.id, OWNER, done.to_json(), keep=True)

    def _optimise(self, job: Job) -> bool:
        """Show steps until somebody ends it; whether by the button."""
        for step in range(1, self.steps_shown + 1):
            self.tell(job, 10 * step, self.png(100 + step))
        deadline = time.monotonic() + 20
        while self.steps_shown and not self.go.wait(0.02) and time.monotonic() < deadline:
            if self.services.jobs.get(job.id).cancel_requested:
                self.go.wait(1.0)  # as the real one, it looks at what there is before it answers
                return True
        return False

    def _choice(self, job: Job) -> OptimizeResult | None:
        asked = OptimizeRequest.from_json(job.params)
        if asked.start is None or asked.start.photo is None:
            return None
        self.services.blobs.get(asked.start.photo)  # it is stored
        if self.faces == 1 or asked.start.index is not None:
            return None
        choice = FaceChoice("start", asked.start.photo, self.faces, self.services.blobs.put(jpeg(320, 200)))
        return OptimizeResult(asked.mode, asked.target, MODEL, 1, choice=choice)

    def _made(self, job: Job, *, stopped: bool) -> OptimizeResult:
        asked = OptimizeRequest.from_json(job.params)
        result = asked.mode is OptimizeMode.FOOL
        before, after = _verdict("Ben", result, asked.target), _verdict(asked.target, result, asked.target)
        return OptimizeResult(
            asked.mode,
            asked.target,
            MODEL,
            1,
            picture=self.png(len(self.asked), 64),
            sheet=self.png(200, 96),
            before=before,
            after=after if self.named else before,
            jpeg=before,
            norms=Norms(0.98, 4.1, asked.epsilon),
            transfer=(Transfer("recogniser v0 (embedding)", before, before),),
            steps=20 if stopped else asked.all_steps,
            seconds=2.5,
            stopped=stopped,
        )


def _verdict(name: str, found: bool, target: str) -> Prediction:
    share = 0.97 if name == target else 0.01
    top = (Candidate(1, name, 0.97), Candidate(2, "Dana", 0.02))
    return Prediction(found, top, share, 0.02, name if found else None)


def acquaint(services: Services) -> None:
    """Add the people of the fake trainings' data sets, under their classes' ids, to a guild that has nobody yet."""
    for number, name in enumerate(NAMES, 1):
        new = NewFace(number, Box(0, 0, 50, 50), 0.9, (), embedding(number), "test")
        assert services.people.enrol(GUILD, name, new, source="test").id == number
