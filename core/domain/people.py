"""The people of a guild, and what members say about faces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Point

UNKNOWN = "unknown"  # what the shell calls a face without a name
LONGEST_NAME = 64  # a line of the answer holds it with its percentage, and so does a select's option

_MENTION = re.compile(r"@(everyone|here)|<[@#][!&]?\d+>|<(a?:\w+|/[^:>]+):\d+>", re.IGNORECASE)
# Cc and Cf: control and format characters (also those that turn the writing direction), Cs: lone surrogates,
# Co and Cn: no character at all, Zl and Zp: line breaks. Format characters that scripts need are let through.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = _JOINERS | frozenset(" \u115f\u1160\u2800")  # letters or signs to Unicode, nothing to the eye


class Verdict(StrEnum):
    """What somebody said about a face and a person."""

    IS = "is"
    IS_NOT = "is-not"


class LabellingPolicy(StrEnum):
    """Who may name faces in a guild."""

    MODERATORS = "moderators"
    EVERYONE = "everyone"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a guild knows; `pictures` counts the different faces that show him."""

    id: int
    guild_id: int
    name: str
    created_by: int
    created_at: datetime
    pictures: int


@dataclass(frozen=True, slots=True)
class FaceRef:
    """A stored face: the job that found it, and its number as drawn in the picture, from 1."""

    job_id: int
    number: int


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face that a job found.

    `embedding` is 128 float32, little-endian (512 bytes); `embedder` names the network and alignment that made it, and
    only embeddings of one name compare.
    """

    number: int
    box: Box
    score: float
    landmarks: tuple[Point, ...]
    embedding: bytes
    embedder: str = ""


@dataclass(frozen=True, slots=True)
class StoredFace:
    """A face with what is said about it now: at most one person, by whom, and those it does not show."""

    ref: FaceRef
    box: Box
    score: float
    landmarks: tuple[Point, ...]
    person_id: int | None
    name: str | None
    rejected: frozenset[int]
    said_by: int | None = None


@dataclass(frozen=True, slots=True)
class GalleryRows:
    """A guild's enrolled faces: `owners[i]` is the id of the person that `embeddings[i]` shows.

    `person_ids` and `names` run in parallel, by id; each person there has at least one embedding (512 bytes, float32).
    """

    person_ids: tuple[int, ...]
    names: tuple[str, ...]
    embeddings: tuple[bytes, ...]
    owners: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CannotLink:
    """A face that somebody said is not this person; `photo` is the sha256 of the photo it was found in."""

    person_id: int
    photo: str | None
    box: Box
    embedding: bytes


@dataclass(frozen=True, slots=True)
class ConfirmedFace:
    """A face that somebody named or confirmed: `confirmed_by` is the member who did so last, 0 the operator."""

    person_id: int
    name: str
    box: Box
    confirmed_by: int


def normalise_name(name: str) -> str:
    """The name as it is shown: NFKC, spaces joined and trimmed, 1 to 64 characters.

    Raises:
        OmokageError: BAD_NAME, with a `reason` of empty, long, control or mention.
    """
    shown = " ".join(unicodedata.normalize("NFKC", name).split())
    if _INVISIBLE.issuperset(shown):
        raise OmokageError(ErrorCode.BAD_NAME, reason="empty")
    if len(shown) > LONGEST_NAME:
        raise OmokageError(ErrorCode.BAD_NAME, reason="long", longest=LONGEST_NAME)
    if any(unicodedata.category(letter) in _REFUSED and letter not in _JOINERS for letter in shown):
        raise OmokageError(ErrorCode.BAD_NAME, reason="control")
    if _MENTION.search(shown):
        raise OmokageError(ErrorCode.BAD_NAME, reason="mention")
    return shown


def name_key(name: str) -> str:
    """What two spellings of one name have in common; the name itself must be normalised."""
    return unicodedata.normalize("NFKC", name.casefold())


def may_label(policy: LabellingPolicy, is_moderator: bool) -> bool:
    """Whether a member may name faces."""
    if policy is LabellingPolicy.OFF:
        return False
    return is_moderator or policy is LabellingPolicy.EVERYONE
