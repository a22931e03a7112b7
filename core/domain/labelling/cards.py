"""Which card a member gets next, and when a face is settled.

A grid card shows up to nine faces that are taken for one person, and asks which are not; a name card shows one face and
asks who it is. Both are chosen for the member who answers: nobody is asked the same twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from core.domain.labelling.consensus import SOMEBODY_ELSE, Response

GRID_FACES = 9  # three rows of three: as many as a phone shows at a size at which faces are recognised
GOLD_FRACTION = 0.04  # of the faces shown, of whom it is known whom they show: enough to judge a voter by ten grids
IMPOSTOR_FRACTION = 0.7  # of gold faces, which show somebody else: those are rare otherwise, and measured badly
MAX_NAMES = 4  # people that a name card offers as buttons; a fifth is "somebody else"
SETTLED_FROM = 0.97  # probability from which on a face is settled: `python -m benchmarks consensus` says what it costs
STRANGER_VOTERS = 2  # members without whom a face is not settled as nobody's whom the guild knows
FEW_PICTURES = 3  # fewer than these, and a face that stands for others comes first: `python -m benchmarks label_order`
_TYPICAL_FROM = 3  # others for which such a face stands: with fewer, a grid is better
_MAYBE_FROM = 0.1  # probability of a person from which on a face, though most likely somebody else's, may be that one's
_GRID_FROM = 0.5  # probability of a person from which on a face is shown among that person's


@dataclass(frozen=True, slots=True)
class Card:
    """What a member is asked: `faces` that may show `person`; or, where `names` are given, which of them one shows."""

    faces: tuple[int, ...]
    person: int | None = None
    names: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRef:
    """A card, and the member of a guild who answers it."""

    guild_id: int
    member_id: int
    id: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom a face shows, as the member says who contributed it; `is_self`: the member, who agreed to be learnt."""

    member_id: int
    name: str
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as a member sees it; `gold` is not told. `picture`: its blob, None until it is drawn."""

    id: int
    card: Card
    shown_at: datetime
    picture: str | None


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What an answer did: faces that are settled now, by the person whom they show; `slow_down`: take more time."""

    settled: Mapping[int, int]
    slow_down: bool


@dataclass(frozen=True, slots=True)
class LabellingState:
    """Faces of a guild that are still open, and that are settled."""

    open: int
    settled: int


def settled_person(probabilities: Mapping[int, float], responses: Collection[Response]) -> int | None:
    """Return whom a face shows beyond doubt (`SOMEBODY_ELSE` for a stranger), or None.

    Args:
        probabilities: of `posterior`.
        responses: of members who looked at the face. However sure the recogniser is, one of them must have said that it
            shows the person; and a stranger to one member may be another's friend.
    """
    person = max(probabilities, key=probabilities.__getitem__)
    if probabilities[person] < SETTLED_FROM:
        return None
    if person == SOMEBODY_ELSE:
        return person if len({response.voter for response in responses}) >= STRANGER_VOTERS else None
    return person if any(response.agrees and response.person == person for response in responses) else None


def next_card(
    open_faces: Mapping[int, Mapping[int, float]],
    answered: Collection[tuple[int, int]],
    pictures: Mapping[int, int] = MappingProxyType({}),
    represented: Mapping[int, int] = MappingProxyType({}),
) -> Card | None:
    """Return the card that teaches or settles most, or None where nothing is left to ask a member.

    Where somebody has few pictures, a face that stands for many comes first, alone. After that as many faces as
    possible are settled with each card.

    Args:
        open_faces: faces that are not settled, with the probabilities of `posterior`.
        answered: (face, person) that the member has answered; of a name card (face, `SOMEBODY_ELSE`).
        pictures: of each person, how many are named; who is missing has none. Of equally full grids, that of the person
            with the fewest comes first.
        represented: for how many others a face stands; a face that is missing stands for none.
    """
    groups: defaultdict[int, list[int]] = defaultdict(list)
    alone: list[int] = []
    for face, probabilities in open_faces.items():
        person = max(probabilities, key=probabilities.__getitem__)
        if (face, person) in answered:
            continue
        if person != SOMEBODY_ELSE and probabilities[person] >= _GRID_FROM:
            groups[person].append(face)
        elif (face, SOMEBODY_ELSE) not in answered:
            alone.append(face)
    # What the member has answered counts as a picture, settled or not: more than a few single faces tire.
    counts = Counter(pictures) + Counter(person for face, person in answered if face in open_faces)
    typical = _typical_card(open_faces, groups, alone, counts, represented)
    if typical is not None:
        return typical
    if groups:
        person = max(groups, key=lambda key: (min(len(groups[key]), GRID_FACES), -pictures.get(key, 0), -key))
        # The surest together: a grid with one fault in it is answered faster and better than one with four.
        faces = sorted(groups[person], key=lambda face: (-open_faces[face][person], face))[:GRID_FACES]
        return Card(tuple(faces), person)
    if not alone:
        return None
    face = max(alone, key=lambda key: (_margin(open_faces[key]), -key))
    return _name_card(face, open_faces[face])


def _typical_card(
    open_faces: Mapping[int, Mapping[int, float]],
    groups: Mapping[int, Collection[int]],
    alone: Collection[int],
    counts: Mapping[int, int],
    represented: Mapping[int, int],
) -> Card | None:
    """Return a card with one face that stands for many, of the person with the fewest pictures; None: no such face."""
    candidates = [
        (counts[person], -represented[face], face, person)
        for person, faces in groups.items()
        if counts[person] < FEW_PICTURES
        for face in faces
        if represented.get(face, 0) >= _TYPICAL_FROM
    ]
    for face in alone:
        if represented.get(face, 0) >= _TYPICAL_FROM:
            likely = (counts[person] for person, value in open_faces[face].items() if person and value >= _MAYBE_FROM)
            count = max(likely, default=0)
            if count < FEW_PICTURES:
                candidates.append((count, -represented[face], face, SOMEBODY_ELSE))
    if not candidates:
        return None
    _, _, face, person = min(candidates)
    return _name_card(face, open_faces[face]) if person == SOMEBODY_ELSE else Card((face,), person)


def _name_card(face: int, probabilities: Mapping[int, float]) -> Card:
    people = sorted(probabilities.items(), key=lambda item: (-item[1], item[0]))
    return Card((face,), names=tuple(person for person, _ in people if person != SOMEBODY_ELSE)[:MAX_NAMES])


def _margin(probabilities: Mapping[int, float]) -> float:
    """Return the difference of the two largest probabilities."""
    first, second = sorted((*probabilities.values(), 0.0), reverse=True)[:2]
    return first - second
