"""Failures that a member can do something about.

Each carries a `code` that a front (bot, CLI) turns into a sentence in the reader's language; anything else that is
raised is a bug or an outage, is logged once with the job id, and reaches the member as `internal`.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Names of sentences, not sentences: see the fronts' texts."""

    NOT_AN_IMAGE = "not-an-image"
    BROKEN_IMAGE = "broken-image"
    CUT_OFF = "cut-off"  # the end of the picture's file is missing, and pixels with it
    TOO_LARGE = "too-large"
    TOO_MANY_PIXELS = "too-many-pixels"
    NO_FACE = "no-face"
    PHOTO_GONE = "photo-gone"
    FACE_GONE = "face-gone"
    QUEUE_FULL = "queue-full"
    NOT_ALLOWED = "not-allowed"
    BAD_NAME = "bad-name"
    UNKNOWN_PERSON = "unknown-person"
    UNKNOWN_JOB = "unknown-job"
    UNKNOWN_RECEIPT = "unknown-receipt"  # of somebody who was forgotten
    ALREADY_FINISHED = "already-finished"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    WORKERS_DIED = "workers-died"
    NAME_TAKEN = "name-taken"  # somebody else is called `name` already
    PEOPLE_CONFLICT = "people-conflict"  # `photos` show `name` and `into`; `labels` say that they are two
    NOTHING_TO_EXPLAIN = "nothing-to-explain"  # the face has no guessed name any more, or nothing to compare it with
    CARD_CLOSED = "card-closed"  # a labelling card that is answered, or another member's
    NOTHING_TO_UNDO = "nothing-to-undo"  # no labelling card was answered by this member
    NO_CONSENT = "no-consent"  # photos were contributed without a word that those in them agreed
    WORKER_AWAY = "worker-away"  # nobody did a small thing within seconds for which a member waited
    UNKNOWN_DATASET = "unknown-dataset"
    DATASET_REMOVED = "dataset-removed"  # `title`; its pictures are gone
    DATASET_IN_USE = "dataset-in-use"  # run `number`, which is not over, trains on it
    DATASET_CHANGED = "dataset-changed"  # a shard is gone or is not what it was
    DATASET_UNFIT = "dataset-unfit"  # preflight found something that blocks; `remark` says what
    NO_AGES = "no-ages"  # pictures to learn ageing from, and of none the age is known
    BAD_ARCHIVE = "bad-archive"
    BAD_EXPORT = "bad-export"  # a file of moved faces that cannot be right; `reason`, and where: `file`, `line`
    PEOPLE_KNOWN = "people-known"  # people in a file of moved faces who are known already; `names`
    UNKNOWN_RUN = "unknown-run"
    UNKNOWN_CHECKPOINT = "unknown-checkpoint"
    UNKNOWN_PRESET = "unknown-preset"  # `preset`, and `known`: those that there are
    BAD_OPTION = "bad-option"  # `option`, `value`, `allowed`
    RUN_UNDER_WAY = "run-under-way"  # one of its kind at a time in a guild; `number`
    RUN_STATE = "run-state"  # that cannot be asked of a run in `state`
    DIVERGED = "diverged"  # the loss is no number at `step`
    DISK_FULL = "disk-full"
    STORAGE_FULL = "storage-full"  # a guild's quota: `used` of `quota`
    UNKNOWN_VERSION = "unknown-version"
    BAD_WEIGHTS = "bad-weights"  # damaged, truncated, or not what the card says
    NO_MODEL = "no-model"  # nothing that draws faces answers here yet
    NO_AGE_MODEL = "no-age-model"  # nothing that ages faces answers here yet
    UNKNOWN_MODEL = "unknown-model"  # `model`, and `known`: those that there are
    NO_ENCODER = "no-encoder"  # `model` draws faces, but cannot take photos; `known`: those that can
    UNKNOWN_TRAIT = "unknown-trait"  # `trait`, and `known`
    NOT_TRAINED = "not-trained"  # no recogniser has been promoted here, so there is none to fool
    UNKNOWN_TARGET = "unknown-target"  # `target`; `known`: names like it, or some that there are
    SAME_PERSON = "same-person"  # the photo shows `target` already
    NOT_BETTER = "not-better"  # promotion refused: `new`, `old` accuracy on the shared folds
    NOT_COMPARABLE = "not-comparable"  # promotion refused: no fold of the same data was measured for both
    DRAWS_NO_FACE = "draws-no-face"  # promotion refused: no face is found in any picture that the version drew
    INTERNAL = "internal"


class OmokageError(Exception):
    """A failure with a code and the numbers or names its sentence needs.

    Args:
        code: which sentence.
        **details: its parameters, JSON-serialisable (they are stored with the job).
    """

    def __init__(self, code: ErrorCode, **details: str | int | float) -> None:
        super().__init__(code.value)
        self.code = code
        self.details = details
