"""Faces, as recognisers and members name them."""

from __future__ import annotations

import re
from typing import Any

from bot.features.people.custom_ids import FaceLocation
from bot.features.people.shown_faces import ShownFace
from bot.ui.i18n import words_in
from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.faces import Box, Candidate
from core.domain.people import FaceRef, StoredFace
from sandbox.rules.errors import Problems
from sandbox.rules.modals import check_modal

HANAKO, TARO = Candidate(1, "Hanako", 0.92), Candidate(2, "Taro", 0.05)

BOX = Box(0, 0, 10, 10)


def classify_result(*faces: FaceAnswer) -> ClassifyResult:
    return ClassifyResult(100, 100, "0" * 64, "image/jpeg", faces, "embedding-1", 0.42)


def predicted_face(number: int, *top: Candidate, named: bool = False) -> FaceAnswer:
    return FaceAnswer(number, BOX, 0.9, top[0].person_id if named else None, top[0].name if named else None, top)


def stored_face(number: int, person: Candidate | None = None, rejected: frozenset[int] = frozenset()) -> StoredFace:
    who = (person.person_id, person.name, rejected, 33) if person else (None, None, rejected, None)
    return StoredFace(FaceRef(9, number), BOX, 0.9, (), *who)


HUGE = 2**63 - 1  # the largest id that the database holds

LOCATION = FaceLocation(HUGE, 9999, HUGE)

WORDS = [words_in("en"), words_in("ja")]


def form_codes(form: Any) -> set[str]:
    """What Discord would refuse in a form."""
    problems = Problems()
    check_modal(problems, form)
    return set(re.findall(r"'code': '(\w+)'", repr(problems._errors)))


def named_face(number: int = 1, name: str = "W" * 64) -> ShownFace:
    return ShownFace(number, HUGE, name, 0.9, (), None, editable=True)


def unknown_face(number: int) -> ShownFace:
    return ShownFace(number, None, None, None, (), None, editable=True)
