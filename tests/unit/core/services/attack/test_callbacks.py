"""What a chat sees while a picture is optimised, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobCancelledError, JobKind
from core.domain.optimisation import OptimizeMode, OptimizeRequest, OptimizeStep
from core.services.attack.callbacks import MAX_DURATION_S, PREVIEW_INTERVAL_S, JobCallback, thin_curve
from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.attack.fakes import ANNA, Lab, Reached, Reddening, job_of
from worker.timing import Timing

REQUEST = OptimizeRequest(ANNA, OptimizeMode.NOISE, steps=60)


@dataclass
class Chat:
    """A job's surroundings; each step takes `step_s` seconds of a clock that the test holds."""

    lab: Lab
    now: float = 0.0
    step_s: float = 1.0
    ends_at: float = float("inf")
    is_stop: bool = False
    told: list[tuple[str, float, Any]] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)

    def tell(self, stage: str, fraction: float, detail: Mapping[str, Any] | None = None, /) -> None:
        step = None if detail is None else OptimizeStep.from_json(detail)
        self.told.append((stage, fraction, step))
        if step is not None and step.picture is not None:
            self.shown.append(self.lab.blobs.get(step.picture))

    def cancelled(self) -> bool:
        return self.now >= self.ends_at

    def begin(self, *said: Any, **where: Any) -> Reddening:
        chat = self

        class Slow(Reddening):
            def advance(self) -> Reached:
                chat.now += chat.step_s
                return super().advance()

        return Slow(*said, **where)

    def answer(self, request: OptimizeRequest = REQUEST) -> Any:
        return self.lab.service.answer(job_of(request), self.tell, self.cancelled, lambda: self.is_stop)

    def steps(self) -> list[OptimizeStep]:
        return [step for _, _, step in self.told if step is not None]

    def left(self) -> set[str]:
        """Blobs of steps that are still there."""
        return {step.picture for step in self.steps() if step.picture and self.lab.blobs.exists(step.picture)}


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    database = new_database(tmp_path / "test.db")
    chat = Chat(Lab(database, Blobs(str(tmp_path / "blobs")), clock=lambda: chat.now))
    chat.lab.train()
    chat.lab.attack = chat.begin
    yield chat
    database.close()


def test_a_picture_is_told_every_few_seconds_and_none_is_left(chat: Chat) -> None:
    answer = chat.answer()

    told = chat.steps()
    assert (told[0].step, told[0].steps, told[0].picture) == (0, 60, None)
    assert [step.step for step in told[1:]] == list(range(2, 61, 3)), "the first one sooner"
    assert all(data.startswith(b"\x89PNG") for data in chat.shown)
    assert len(set(chat.shown)) == len(chat.shown) == len(told) - 1
    assert chat.left() == set()
    assert chat.lab.blobs.exists(answer.picture)
    assert chat.lab.blobs.exists(answer.sheet)


def test_the_stages_and_fractions_only_go_forwards(chat: Chat) -> None:
    chat.answer()
    fractions = [fraction for _, fraction, _ in chat.told]
    assert list(dict.fromkeys(stage for stage, _, _ in chat.told)) == ["reading", "optimising", "judging", "drawing"]
    assert fractions == sorted(fractions)
    assert all(0 <= one < 1 for one in fractions)


def test_the_last_two_pictures_are_kept_for_a_bot_that_is_still_fetching(chat: Chat) -> None:
    most = 0

    def tell(stage: str, fraction: float, detail: Mapping[str, Any] | None = None, /) -> None:
        nonlocal most
        Chat.tell(chat, stage, fraction, detail)
        most = max(most, len(chat.left()))

    chat.lab.service.answer(job_of(REQUEST), tell, chat.cancelled)
    assert most == 3, "the new one and the two before"


def test_quick_steps_need_no_picture(chat: Chat) -> None:
    chat.step_s = 0.001
    chat.answer()
    assert chat.shown == []


def test_a_member_who_stops_it_gets_what_there_is(chat: Chat) -> None:
    chat.ends_at, chat.is_stop = 10 * chat.step_s, True
    answer = chat.answer()
    assert (answer.steps, answer.stopped) == (10, True)
    assert answer.picture is not None
    assert chat.left() == set()


def test_a_worker_that_ends_answers_nothing(chat: Chat) -> None:
    chat.ends_at = 10 * chat.step_s
    with pytest.raises(JobCancelledError):
        chat.answer()
    assert chat.shown
    assert chat.left() == set(), "a job that is given back leaves nothing behind"


def test_on_a_host_that_is_too_busy_it_ends_with_what_there_is(chat: Chat) -> None:
    chat.step_s = MAX_DURATION_S / 4
    answer = chat.answer()
    assert (answer.steps, answer.stopped) == (4, True)
    assert Timing().max_duration_s(JobKind.OPTIMIZE) > 2 * MAX_DURATION_S, "with what comes before and after the steps"


@pytest.mark.parametrize("is_stop", [True, False])
def test_a_job_that_ends_before_its_first_step_answers_nothing(chat: Chat, is_stop: bool) -> None:
    chat.ends_at, chat.is_stop = 0.0, is_stop
    with pytest.raises(JobCancelledError):
        chat.answer()


def test_a_failure_leaves_no_picture(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:

    def fail(*_: object) -> bytes:
        raise OmokageError(ErrorCode.BAD_WEIGHTS)

    monkeypatch.setattr("core.services.attack.service.compress_jpeg", fail)
    with pytest.raises(OmokageError):
        chat.answer(replace(REQUEST, steps=9))
    assert chat.shown
    assert chat.left() == set()


def test_pictures_that_are_alike_are_one_blob_and_kept_as_long(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    now = 0.0
    watch = JobCallback(blobs, lambda *_: None, lambda: False, lambda: False, lambda: now)
    alike = blobs.put(b"alike")
    for name in (alike, alike, alike):
        watch._previews.append(name)
        watch._delete_previews(2)
        assert blobs.exists(alike)
    watch._delete_previews(0)
    assert not blobs.exists(alike)
    assert PREVIEW_INTERVAL_S >= 3


def test_a_curve_keeps_its_first_and_last_point() -> None:
    curve = [(step, 1 / step, 0.5) for step in range(1, 1001)]
    thin = thin_curve(curve)
    assert (len(thin), thin[0], thin[-1]) == (100, (1, 1.0, 0.5), (1000, 0.001, 0.5))
    assert thin_curve(curve[:7]) == tuple((step, round(loss, 4), chance) for step, loss, chance in curve[:7])
    assert thin_curve([]) == ()
