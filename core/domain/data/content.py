"""The content hash of a data set: equal for the same people with the same pictures in the same order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from core.domain.people import name_key

PersonPictures = tuple[str, Sequence[str]]  # a normalised name; what identifies each picture, in order


def picture_identity(identity: str, age: float | None, gender: int | None) -> str:
    """Return what identifies a picture with its label: with another age it teaches something else.

    Without age and gender it is `identity`, so that data sets without ages keep the hashes that they had.
    """
    if age is None and gender is None:
        return identity
    # As many digits as float32, in which shards have ages, keeps.
    return f"{identity} age {'?' if age is None else f'{age:g}'} gender {'?' if gender is None else gender}"


def content_hash(form: str, people: Sequence[PersonPictures]) -> str:
    """The content as 64 hex digits.

    Args:
        form: the stored form: the same pictures in another form are another content.
        people: in the order of the labels.
    """
    digest = hashlib.sha256(form.encode())
    for name, pictures in people:
        for text in (name_key(name), str(len(pictures)), *pictures):
            raw = text.encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)  # its length first: no two contents give the same bytes
    return digest.hexdigest()
