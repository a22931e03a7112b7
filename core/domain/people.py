"""The people of a guild, their names, and the labels of faces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace, Point
from core.domain.names.invisible import without_any_invisible, without_invisible

UNKNOWN = "unknown"  # the shell's name of a face without a name
NOBODY_KNOWN = "nobody known"  # the shell's answer where a face had to show somebody
MAX_NAME_LENGTH = 64  # a line of the answer holds it with its percentage, and so does a select's option
MAX_ALIASES = 10  # a reading, a few nicknames, and names of people who were merged

_MENTION = re.compile(r"@(everyone|here)|<[@#][!&]?\d+>|<(a?:\w+|/[^:>]+):\d+>", re.IGNORECASE)
# Cs: lone surrogates, as of file names that are no UTF-8; Co and Cn: no character at all.
_REFUSED = frozenset({"Cs", "Co", "Cn"})
_BLANKS = str.maketrans(dict.fromkeys("\u2800\u3164\uffa0", " "))  # signs or letters in Unicode, but blank
# Names of a face without a name in answers, in each language: a person of this name could not be told from nobody. A
# test compares these with the bot's texts and the shell's.
_NOBODY = (UNKNOWN, NOBODY_KNOWN, "nobody I know", "不明", "知らない人")


class Label(StrEnum):
    """Whether a face shows a person, as somebody labelled it."""

    IS = "is"
    IS_NOT = "is-not"


class LabellingPolicy(StrEnum):
    """Who may name faces in a guild."""

    MODERATORS = "moderators"
    EVERYONE = "everyone"
    OFF = "off"


class Consent(StrEnum):
    """Why a person's face may be learnt from photos of the chat that nobody contributed."""

    PUBLIC = "public"  # moderators listed the person as a public one
    SELF = "self"  # the person contributed photos of themselves


class ChatLearning(StrEnum):
    """Whose faces in photos of the chat members may be asked about, in a guild."""

    OFF = "off"
    PUBLIC = "public"
    SELF = "self"
    BOTH = "both"

    @property
    def consents(self) -> frozenset[Consent]:
        """Return which consents count."""
        every = {self.PUBLIC: {Consent.PUBLIC}, self.SELF: {Consent.SELF}, self.BOTH: set(Consent)}
        return frozenset(every.get(self, set()))


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a guild; `pictures` counts the different faces that show them.

    `not_compared`: with how many of these no new face can be compared since an update (`ReembeddingFailure`).
    `objected_at`: since when the person's face is not to be changed; None: no objection.
    `aliases`: further names, among them readings in kana, the oldest first.
    """

    id: int
    guild_id: int
    name: str
    created_by: int
    created_at: datetime
    pictures: int
    not_compared: int = 0
    objected_at: datetime | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceRef:
    """A stored face: the job that found it, and its number as drawn in the picture, from 1."""

    job_id: int
    number: int


@dataclass(frozen=True, slots=True)
class LabelProvenance:
    """Where a label came from: which member (0: the operator), where, when, and from what.

    `source` names the button or command, e.g. "this-is", "confirm", "cli:IMG_1.jpg".
    """

    by: int
    channel_id: int
    message_id: int | None
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """A label that somebody gave a face, and its copies in the same photo posted again, about one person."""

    label: Label
    provenance: LabelProvenance


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face that a job found.

    `embedding` is float32, little-endian; `embedder` names the networks and alignment that made it; only embeddings of
    the same name compare. `reembedded`: that of the present embedder, where the guild is still on another. `photo`: the
    blob of the picture that `box` and `landmarks` are in; empty: the job's photo.
    """

    number: int
    box: Box
    score: float
    landmarks: tuple[Point, ...]
    embedding: bytes = field(repr=False)
    embedder: str = ""
    reembedded: bytes = field(default=b"", repr=False)
    photo: str = ""


class ReembeddingFailure(StrEnum):
    """Why a stored face could not be embedded by the present embedder."""

    PHOTO_GONE = "photo-gone"  # it was not stored with the face, or was deleted
    UNREADABLE = "unreadable"  # the stored file is damaged, or the face does not lie within it


@dataclass(frozen=True, slots=True)
class OlderFace:
    """A stored face whose embedding is another embedder's, as it was detected in its photo."""

    id: int
    detected: DetectedFace


@dataclass(frozen=True, slots=True)
class OlderPhoto:
    """Faces of one photo (sha256) that are to be embedded anew; None: their photo was never stored."""

    photo: str | None
    faces: tuple[OlderFace, ...]


@dataclass(frozen=True, slots=True)
class ReembeddedFace:
    """The result of embedding a stored face anew: its embedding, or why there is none."""

    face_id: int
    embedding: bytes = field(default=b"", repr=False)
    failure: ReembeddingFailure | None = None


@dataclass(frozen=True, slots=True)
class ReembeddingState:
    """How far a guild's faces have the present embedder's embeddings.

    `embedder`: whose embeddings the guild's recogniser compares now. `waiting`: faces that are still to be embedded
    anew, `labelled` of them with a label. `not_compared`: faces that show somebody, but could not be embedded anew.
    """

    guild_id: int
    embedder: str
    waiting: int
    labelled: int
    not_compared: int


@dataclass(frozen=True, slots=True)
class StoredFace:
    """A face with its present labels: at most one person, the member who labelled it so, and rejected people's ids."""

    ref: FaceRef
    box: Box
    score: float
    landmarks: tuple[Point, ...]
    person_id: int | None
    name: str | None
    rejected: frozenset[int]
    labelled_by: int | None = None


@dataclass(frozen=True, slots=True)
class EnrolledFaces:
    """A guild's enrolled faces: `owners[i]` is the id of the person that `embeddings[i]` shows.

    `person_ids` and `names` run in parallel, by id; each person there has at least one embedding (512 bytes, float32).
    """

    person_ids: tuple[int, ...]
    names: tuple[str, ...]
    embeddings: tuple[bytes, ...] = field(repr=False)
    owners: tuple[int, ...]
    embedder: str = EMBEDDING_NAME


@dataclass(frozen=True, slots=True)
class CannotLink:
    """A face that is labelled as not this person; `photo` is the sha256 of the photo that it was detected in."""

    person_id: int
    photo: str | None
    box: Box
    embedding: bytes = field(repr=False)
    embedder: str = EMBEDDING_NAME


@dataclass(frozen=True, slots=True)
class ConfirmedFace:
    """A face that a member named or confirmed: `confirmed_by` is the member who did so last, 0 the operator."""

    person_id: int
    name: str
    box: Box
    confirmed_by: int


def normalise_name(name: str) -> str:
    """Return the name as it is shown: NFKC, spaces joined and trimmed, nothing invisible in it, 1 to 64 characters.

    Raises:
        OmokageError: BAD_NAME, with a `reason` of empty, long, control (a character that cannot be shown) or mention.
    """
    shown = _visible(name)
    if not shown:
        raise OmokageError(ErrorCode.BAD_NAME, reason="empty")
    if len(shown) > MAX_NAME_LENGTH:
        raise OmokageError(ErrorCode.BAD_NAME, reason="long", longest=MAX_NAME_LENGTH)
    if any(unicodedata.category(letter) in _REFUSED for letter in shown):
        raise OmokageError(ErrorCode.BAD_NAME, reason="control")
    if _MENTION.search(shown):
        raise OmokageError(ErrorCode.BAD_NAME, reason="mention")
    return shown


def person_name(name: str) -> str:
    """Return the normalised name of a person: `normalise_name`, and none of the words for nobody.

    Raises:
        OmokageError: BAD_NAME, with a `reason` as of `normalise_name`, or reserved.
    """
    shown = normalise_name(name)
    if is_reserved(shown):
        raise OmokageError(ErrorCode.BAD_NAME, reason="reserved")
    return shown


def is_reserved(name: str) -> bool:
    """Whether answers use this name for a face without a name."""
    return name_key(name) in _RESERVED


def name_key(name: str) -> str:
    """Return a key that is equal for names that look alike: regardless of case, width and invisible characters."""
    decomposed = unicodedata.normalize("NFD", without_any_invisible(name))
    return _folded(_folded(decomposed))  # twice: what NFKC makes of some letters has a case again


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.casefold())


_RESERVED = frozenset(name_key(word) for word in _NOBODY)


def _visible(name: str) -> str:
    """Repeated until nothing changes: what was apart may compose once an invisible character between is gone."""
    text, shown = "", name.translate(_BLANKS)
    while text != shown:
        text = shown
        shown = without_invisible(" ".join(unicodedata.normalize("NFKC", text).split()))
    return shown


def may_label(policy: LabellingPolicy, is_moderator: bool, has_labeller_role: bool = False) -> bool:
    """Whether a member may name faces; where that is off, nobody may, whatever their roles."""
    if policy is LabellingPolicy.OFF:
        return False
    return is_moderator or has_labeller_role or policy is LabellingPolicy.EVERYONE
