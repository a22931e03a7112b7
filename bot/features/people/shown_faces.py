"""What is known of an answer's faces now: what the recogniser found, and what members said since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.faces import Candidate
from core.domain.people import StoredFace


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face as the message shows it.

    `person_id` and `name` are of the person it is named as: by the recogniser, then `probability` is how sure it is, or by
    somebody (`said_by`; 0 is the operator), then `probability` is None. `alternatives` are further people it may show, likeliest
    first; `editable` is false where the face is not stored any more. `withheld`: whom an unknown face would be named
    as, were that person not named on another face of this photo.
    """

    number: int
    person_id: int | None
    name: str | None
    probability: float | None
    alternatives: tuple[Candidate, ...]
    said_by: int | None
    editable: bool
    withheld: Candidate | None = None


def shown_faces(result: ClassifyResult, stored: Iterable[StoredFace]) -> list[ShownFace]:
    """The answer's faces in their order; what a member said outweighs what the recogniser found."""
    labels = {face.ref.number: face for face in stored}
    faces = [_shown(face, labels.get(face.number)) for face in result.faces]
    named = {face.person_id for face in faces}
    return [face if face.name else _without(face, named) for face in faces]


def _without(face: ShownFace, named: set[int | None]) -> ShownFace:
    """An unknown face is not "perhaps" somebody who is in this photo already: nobody is there twice.

    Where that kept a sure name from the face, it still says so, as long as somebody else has that name.
    """
    withheld = face.withheld if face.withheld and face.withheld.person_id in named else None
    return replace(
        face,
        alternatives=tuple(candidate for candidate in face.alternatives if candidate.person_id not in named),
        withheld=withheld,
    )


def _shown(face: FaceAnswer, label: StoredFace | None) -> ShownFace:
    if label is not None and label.person_id is not None:
        return ShownFace(face.number, label.person_id, label.name, None, (), label.labelled_by, editable=True)
    rejected = frozenset[int]() if label is None else label.rejected
    possible = tuple(candidate for candidate in face.top if candidate.person_id not in rejected)
    editable = label is not None
    if face.person_id is None or face.person_id in rejected:
        withheld = face.withheld if face.withheld and face.withheld.person_id not in rejected else None
        return ShownFace(face.number, None, None, None, possible, None, editable, withheld)
    if face.confirmed_by is not None:
        return ShownFace(face.number, face.person_id, face.name, None, (), face.confirmed_by, editable)
    probability = next((candidate.probability for candidate in face.top if candidate.person_id == face.person_id), 0.0)
    alternatives = tuple(candidate for candidate in possible if candidate.person_id != face.person_id)
    return ShownFace(face.number, face.person_id, face.name, probability, alternatives, None, editable)
