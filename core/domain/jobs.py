"""What is asked of the workers: a job is a row, from the command until its answer is posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from core.domain.errors import ErrorCode

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


class JobKind(StrEnum):
    """What is to be done; its queue and urgency are in `ROUTES`."""

    CLASSIFY = "classify"
    TEACH = "teach"  # the faces of photos that a member contributes
    COLLECT = "collect"  # which unnamed faces of a guild members are asked about
    CARD = "card"  # the picture of a labelling card
    EVALUATE = "evaluate"  # how good a model version is, as a card
    SNAPSHOT = "snapshot"  # the guild's named faces, frozen as a data set
    GENERATE = "generate"  # a grid of faces
    FILM = "film"  # from face to face
    NEAREST = "nearest"  # the training pictures that a drawn face is most like
    MORPH = "morph"  # from one face to another
    MIX = "mix"  # faces added and subtracted
    AGE = "age"  # the faces of a photo at another age
    OPTIMIZE = "optimize"  # a picture that the recogniser takes for somebody
    CHECK = "check"  # how easily a model version is fooled
    RETRAIN = "retrain"  # the successor of a model version whose face embedding is not the present one
    LEARN = "learn"  # a data set of the guild's labels, and a recogniser that is trained on it
    FORGET = "forget"  # what is left to do, in data sets and models, after a person was forgotten
    CURATE = "curate"  # which pictures of a data set are worth keeping
    WHY = "why"  # which stored pictures decided that a face was named so
    SHEET = "sheet"  # the numbered pictures of a person
    EXPORT = "export"  # all people of a guild as a file
    REEMBED = "reembed"  # a guild's faces by the present face networks, after an update
    TRAIN = "train"  # one segment of a run; its answer is the run's own message


class QueueName(StrEnum):
    """Which workers may take a job."""

    CPU = "cpu"
    GPU = "gpu"


class JobState(StrEnum):
    """received -> waiting -> dispatched -> running -> done | failed | cancelled; see docs/decisions/004."""

    RECEIVED = "received"  # the row is written, the photo is not stored yet
    WAITING = "waiting"  # ready, held back by fair share
    DISPATCHED = "dispatched"  # a message is in the broker
    RUNNING = "running"  # leased by a worker
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job has its answer."""
        return self in FINAL


FINAL = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
ACTIVE = frozenset({JobState.DISPATCHED, JobState.RUNNING})  # these count against fair share
PENDING = frozenset({JobState.RECEIVED, JobState.WAITING})  # these count against the limits of the queue

# A kind's queue and priority. 0 is the most urgent, as the Redis transport has it; a person waits for these.
ROUTES: Mapping[JobKind, tuple[QueueName, int]] = {
    JobKind.CLASSIFY: (QueueName.CPU, 0),
    JobKind.CARD: (QueueName.CPU, 0),
    JobKind.TEACH: (QueueName.CPU, 3),
    JobKind.COLLECT: (QueueName.CPU, 5),
    JobKind.WHY: (QueueName.CPU, 0),
    JobKind.SHEET: (QueueName.CPU, 0),
    JobKind.EXPORT: (QueueName.CPU, 3),
    JobKind.REEMBED: (QueueName.CPU, 9),
    JobKind.GENERATE: (QueueName.GPU, 0),
    JobKind.MORPH: (QueueName.GPU, 0),
    JobKind.MIX: (QueueName.GPU, 0),
    JobKind.AGE: (QueueName.GPU, 0),
    JobKind.FILM: (QueueName.GPU, 3),
    JobKind.NEAREST: (QueueName.GPU, 3),
    JobKind.EVALUATE: (QueueName.GPU, 3),
    JobKind.OPTIMIZE: (QueueName.GPU, 3),
    JobKind.CURATE: (QueueName.GPU, 5),
    JobKind.LEARN: (QueueName.GPU, 5),
    JobKind.SNAPSHOT: (QueueName.GPU, 5),
    JobKind.FORGET: (QueueName.GPU, 6),  # ahead of all else that nobody waits for: people were promised it
    JobKind.CHECK: (QueueName.GPU, 7),
    JobKind.RETRAIN: (QueueName.GPU, 7),
    JobKind.TRAIN: (QueueName.GPU, 9),
}
# Of the most patient who wait. As urgent are two segments of a training, the one that begins it and the one that makes
# its version: somebody looks at its message until it moves, and for what comes of it.
INTERACTIVE_PRIORITY = 5
# Kinds that nobody waits for: they have no answer of their own, do not count against fair share, and are not listed.
BACKGROUND_KINDS = frozenset(
    {JobKind.TRAIN, JobKind.CHECK, JobKind.RETRAIN, JobKind.REEMBED, JobKind.COLLECT, JobKind.CARD, JobKind.FORGET}
)
# Kinds whose photos are deleted once they are done: their result holds all that is kept.
PHOTOS_DELETED_AFTER = frozenset({JobKind.TEACH})
# Kinds whose answer only the member who asked sees: it is never posted for others, whatever happens.
EPHEMERAL_KINDS = frozenset({JobKind.WHY, JobKind.SHEET, JobKind.EXPORT})


class LeaseStatus(StrEnum):
    """What a worker learns when it renews its lease."""

    HELD = "held"
    CANCEL_REQUESTED = "cancel-requested"  # still held: stop soon and call JobService.stop
    LOST = "lost"  # somebody else has the job, or it has ended: drop the work


class JobCancelledError(Exception):
    """The running work noticed that its cancellation was asked for."""


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Times and counts that keep a job from being lost or from running for ever."""

    lease_s: float = 10.0  # four renewals may be missed before somebody else takes the job
    renew_s: float = 2.5
    max_attempts: int = 3  # a photo that kills three workers would kill a fourth
    # Nobody waits for a silent kind, and its workers die of their host: it goes on, with pauses after the third death.
    first_pause_s: float = 30.0  # a worker that is started anew has its models after some ten seconds
    max_pause_s: float = 600.0  # a training that waits for memory should not wait long after there is some
    redispatch_after_s: float = 20.0  # a message that nobody took for so long may be lost with the broker
    max_redispatch_s: float = 600.0  # while no worker is there for hours, copies must not pile up
    give_up_sending_after_s: float = 24 * 3600.0  # a channel that refuses for a day is gone
    max_resend_s: float = 300.0  # between two tries to post an answer, after an outage of minutes

    def patience_s(self, dispatches: int) -> float:
        """How long a message may lie untaken before another is sent; doubles with each one."""
        return float(min(self.redispatch_after_s * 2 ** max(0, dispatches - 1), self.max_redispatch_s))

    def pause_s(self, deaths: int) -> float:
        """How long a silent job waits after so many of its workers have died: 0, 0, 30, 60, ... 600 seconds."""
        late = deaths - self.max_attempts
        return 0.0 if late < 0 else float(min(self.first_pause_s * 2 ** min(late, 16), self.max_pause_s))


JOB_LIMITS = JobLimits()
RENEW_S = JOB_LIMITS.renew_s


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, and where the answer goes. The CLI's ids are 0."""

    guild_id: int
    channel_id: int
    member_id: int
    locale: str
    application_id: int
    interaction_token: str = field(repr=False)  # whoever has it can answer in the bot's name


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A command. `id` is the interaction's snowflake, so that a replay is the same job."""

    id: int
    kind: JobKind
    origin: Origin
    params: Mapping[str, JSON] = field(repr=False)  # with the addresses of photos


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job has no result: the sentence's code and its parameters."""

    code: ErrorCode
    details: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table. Times are aware UTC; `photo` is the stored photo's sha256.

    Until `lease_until` a running job is its worker's, and a waiting one is nobody's.
    """

    id: int
    kind: JobKind
    state: JobState
    queue: QueueName
    priority: int
    origin: Origin
    params: Mapping[str, JSON] = field(repr=False)
    photo: str | None
    attempts: int
    cancel_requested: bool
    created_at: datetime
    dispatched_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    result: Mapping[str, JSON] | None = field(repr=False)
    failure: Failure | None
    answer_message_id: int | None


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An answer that is to be posted exactly once."""

    id: int
    job_id: int
    sequence: int
    created_at: datetime
    attempts: int

    @property
    def nonce(self) -> str:
        """What Discord tells a repeated post by; at most 25 characters (a snowflake has up to 20)."""
        return f"{self.job_id}-{self.sequence}"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a look for lost jobs did: ids of jobs enqueued again, given back, ended."""

    redispatched: tuple[int, ...] = ()
    requeued: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is under way on one queue; `oldest_dispatched_at` is of a message that nobody has taken yet."""

    queue: QueueName
    waiting: int
    dispatched: int
    running: int
    oldest_dispatched_at: datetime | None
