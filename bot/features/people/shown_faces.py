"""The faces of an answer as they are shown now: what the recogniser predicted, corrected by members' labels."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.faces import Candidate
from core.domain.people import StoredFace


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face as the message shows it.

    Attributes:
        number: of the face in its photo, from 1.
        person_id: of the person it is named as; None: unknown.
        name: of that person.
        probability: the recogniser's; None: unknown, or named by somebody.
        alternatives: further people it may show, likeliest first.
        said_by: the member who named it; 0 is the operator, None the recogniser.
        editable: False where the face is not stored any more.
        withheld: whom an unknown face would be named as, were that person not named on another face of this photo.
        networks_disagree: whether the two face networks take it for different people; never where somebody named it.
        age: how old it looks, in years; None: the guild does not want to know, or the face is too small to say.
    """

    number: int
    person_id: int | None
    name: str | None
    probability: float | None
    alternatives: tuple[Candidate, ...]
    said_by: int | None
    editable: bool
    withheld: Candidate | None = None
    networks_disagree: bool = False
    age: int | None = None


def shown_faces(
    result: ClassifyResult, stored: Iterable[StoredFace], unnamed: Set[int] = frozenset()
) -> list[ShownFace]:
    """Merge the predicted faces with the stored labels, which count more; people of `unnamed` ids are not named."""
    labels = {face.ref.number: face for face in stored}
    faces = [replace(_shown(face, labels.get(face.number), unnamed), age=face.age) for face in result.faces]
    named = {face.person_id for face in faces}
    return [face if face.name else _without(face, named) for face in faces]


def _without(face: ShownFace, named: set[int | None]) -> ShownFace:
    """Remove people from an unknown face's alternatives who are named in this photo: nobody is there twice.

    Where that kept a sure name from the face, it still says so, as long as somebody else has that name.
    """
    withheld = face.withheld if face.withheld and face.withheld.person_id in named else None
    return replace(
        face,
        alternatives=tuple(candidate for candidate in face.alternatives if candidate.person_id not in named),
        withheld=withheld,
    )


def _shown(face: FaceAnswer, label: StoredFace | None, unnamed: Set[int]) -> ShownFace:
    if label is not None and label.person_id in unnamed:
        return ShownFace(face.number, None, None, None, (), None, editable=True)
    if label is not None and label.person_id is not None:
        return ShownFace(face.number, label.person_id, label.name, None, (), label.labelled_by, editable=True)
    rejected = unnamed if label is None else label.rejected | unnamed
    possible = tuple(candidate for candidate in face.top if candidate.person_id not in rejected)
    editable, disagree = label is not None, face.networks_disagree and bool(possible)
    if face.person_id is None or face.person_id in rejected:
        withheld = face.withheld if face.withheld and face.withheld.person_id not in rejected else None
        return ShownFace(face.number, None, None, None, possible, None, editable, withheld, disagree)
    if face.confirmed_by is not None:
        return ShownFace(face.number, face.person_id, face.name, None, (), face.confirmed_by, editable)
    probability = next((candidate.probability for candidate in face.top if candidate.person_id == face.person_id), 0.0)
    alternatives = tuple(candidate for candidate in possible if candidate.person_id != face.person_id)
    return ShownFace(
        face.number, face.person_id, face.name, probability, alternatives, None, editable, networks_disagree=disagree
    )
