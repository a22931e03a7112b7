from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from core.domain.faces import Candidate, RecognisedFace
from core.services.ageing.objections import Objections, PhotoObjections
from core.vision.recognition.photo_reader import PhotoReading
from tests.unit.core.services.ageing.fakes import GUILD, face_at

ANNA, BEN = 1, 2


class Namer:
    """Names faces as it was told; also the people's rows."""

    def __init__(self, *faces: RecognisedFace, objecting: frozenset[int] = frozenset({ANNA})) -> None:
        self.faces, self.objecting, self.calls = faces, objecting, 0

    def recognise_reading(self, reading: PhotoReading, photo: str, guild_id: int) -> Sequence[RecognisedFace]:
        assert (photo, guild_id) == ("ab", GUILD)
        self.calls += 1
        return self.faces

    def objecting_ids(self, guild_id: int) -> frozenset[int]:
        return self.objecting

    def find(self) -> list[bool]:
        faces = tuple(face.detected for face in self.faces)
        reading = PhotoReading(np.zeros((9, 9, 3), np.uint8), faces, np.zeros((len(faces), 256), np.float32))
        return Objections(self, self).find(reading, "ab", GUILD)  # type: ignore[arg-type]


def face(*probabilities: tuple[int, float], named: int | None = None) -> RecognisedFace:
    candidates = tuple(Candidate(id_, f"person {id_}", probability) for id_, probability in probabilities)
    return RecognisedFace(face_at(100), candidates, None if named is None else Candidate(named, "", 1.0))


@pytest.mark.parametrize(
    ("shown", "objected"),
    [
        (face((ANNA, 0.95), (BEN, 0.01), named=ANNA), True),
        (face((ANNA, 0.5), (BEN, 0.4)), True),  # no answer would name her
        (face((ANNA, 0.49), (BEN, 0.4)), False),
        (face((BEN, 0.95), (ANNA, 0.02), named=BEN), False),
        (face((BEN, 0.95), named=ANNA), True),  # members named her, whatever the guess is
        (face(), False),
    ],
)
def test_a_face_that_is_probably_somebodys_who_objected_is_found(shown: RecognisedFace, objected: bool) -> None:
    assert Namer(shown).find() == [objected]


def test_nobody_is_recognised_where_nobody_objected() -> None:
    namer = Namer(face((ANNA, 0.9)), face((BEN, 0.9)), objecting=frozenset())
    assert (namer.find(), namer.calls) == ([False, False], 0)


class ReadingNamer(Namer):
    """Reads photos, too."""

    photo = b"photo"

    def read(self, data: bytes) -> PhotoReading:
        assert data == self.photo
        faces = tuple(face.detected for face in self.faces)
        return PhotoReading(np.zeros((9, 9, 3), np.uint8), faces, np.zeros((len(faces), 256), np.float32))

    def recognise_reading(self, reading: PhotoReading, photo: str, guild_id: int) -> Sequence[RecognisedFace]:
        assert photo == hashlib.sha256(self.photo).hexdigest()
        return self.faces

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(("objecting", "forbidden"), [(frozenset({ANNA}), True), (frozenset[int](), False)])
def test_a_photo_in_which_somebody_objects_is_found(objecting: frozenset[int], forbidden: bool) -> None:
    namer = ReadingNamer(face((BEN, 0.9)), face((ANNA, 0.9)), objecting=objecting)
    assert PhotoObjections(namer, namer).any_in(b"photo", GUILD) is forbidden  # type: ignore[arg-type]
