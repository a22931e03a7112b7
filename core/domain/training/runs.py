"""Training runs: a run is a row, cut into segments; each segment is one short job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.jobs import JSON, Failure, Origin


class RunKind(StrEnum):
    """What is trained."""

    RECOGNISER = "recogniser"
    DCGAN = "dcgan"  # draws faces that never were
    VAE = "vae"  # takes faces to codes and back
    REAGE = "reage"  # shows faces at other ages: predicts what changes, for whole photos
    CAAE = "caae"  # the same as published: draws the faces anew

    @property
    def generates(self) -> bool:
        """Whether it makes pictures; names on pictures then do not matter."""
        return self is not RunKind.RECOGNISER

    @property
    def ages(self) -> bool:
        """Whether it shows faces at other ages, so that pictures need ages; such kinds are not for `/generate`."""
        return self in {RunKind.REAGE, RunKind.CAAE}

    @property
    def compared_by(self) -> str:
        """Name of the metric by which versions of this kind are compared: `accuracy`, or of pictures a distance."""
        if not self.generates:
            return "accuracy"
        return "age_error" if self.ages else "kid"


class RunState(StrEnum):
    """waiting <-> running <-> paused -> finished | stopped | failed; a stopped run may be resumed, too."""

    WAITING = "waiting"  # its next segment is queued
    RUNNING = "running"  # a worker trains
    PAUSED = "paused"
    STOPPED = "stopped"  # ended by somebody; its checkpoints are kept
    FAILED = "failed"
    FINISHED = "finished"

    @property
    def is_over(self) -> bool:
        """Whether it trains no more unless somebody says so."""
        return self in {RunState.STOPPED, RunState.FAILED, RunState.FINISHED}


# These have an unfinished job.
UNDER_WAY = frozenset({RunState.WAITING, RunState.RUNNING})


class DesiredState(StrEnum):
    """What members asked of a run last; its worker reads it before each step. The database calls it `wish`."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What `/train start` asks for. `id` is the interaction's snowflake, so that a replay is the same run."""

    id: int
    kind: RunKind
    preset: str
    dataset_id: int
    steps: int
    origin: Origin
    config: Mapping[str, JSON]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class EarlyStop:
    """Why a training is over before its last step: what it would still learn makes it worse.

    `code` names the sentence (`discriminator-won`, `diversity-fell`, `worse-and-worse`, `never-learnt`); the run keeps
    what it had at step `best`, where `figure` (of that name in the curves) was `value`.
    """

    code: str
    step: int
    best: int
    figure: str
    value: float


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """The newest figures of a run, for its message in chat: written at most every second or two.

    `values` are the newest of the curves; `picture` and `samples` are blobs (PNG) of the curves and of what the model
    makes, if it makes pictures. `ending` is why the run ended before its last step, if it did. `handed_over`: the
    worker that trained it has ended, and the next one has not begun yet.
    """

    step: int
    values: Mapping[str, float]
    steps_per_second: float | None
    seconds_left: float | None
    picture: str | None = None
    samples: str | None = None
    ending: Mapping[str, JSON] | None = None  # an `EarlyStop`, as JSON
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One row. `step` is that of the newest checkpoint; `live.step` may be further."""

    id: int
    guild_id: int
    number: int
    kind: RunKind
    preset: str
    config: Mapping[str, JSON]
    seed: int
    dataset_id: int
    state: RunState
    desired_state: DesiredState
    step: int
    steps: int
    seconds: float
    segments: int
    job_id: int | None
    parent_id: int | None
    parent_step: int | None
    origin: Origin
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None
    failure: Failure | None
    live: LiveStatus | None


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """The bot's message that shows a run: None where there is none yet.

    `content_hash` is of what the message shows, so that it is edited only when that changes.
    """

    id: int | None
    posted_at: datetime | None
    content_hash: str | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything that is needed to go on from a step; `blob` is the file's sha256."""

    run_id: int
    step: int
    blob: str
    size: int
    values: Mapping[str, float]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Figures at one step of a run, by name: `loss`, `accuracy` (of the training batches), `held_out_accuracy`."""

    step: int
    values: Mapping[str, float]
