"""A picture of a data set as it is stored, with its face and embedding."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain.faces import Box, Point

FORMAT = "records-1"  # raise it whenever a shard of the same pictures would have to be another


@dataclass(frozen=True, slots=True)
class Record:
    """One picture of one person.

    `image` is a file that a decoder reads: the one that came, or a crop around the face. `label` counts the data set's
    classes. `sha256` is of the file that came. `landmarks` (five points) and `box` are in pixels of `image`, and None
    where no face was found; `score` is then 0 and `embedding` empty. That is float32, little-endian: 256 numbers, or as
    many as the `embedder` made with which the data set was built. `age` is in years, `gender` is 0 (male) or 1
    (female); each is None where unknown.
    """

    image: bytes = field(repr=False)
    label: int
    source: str
    sha256: str
    landmarks: tuple[Point, ...] | None
    box: Box | None
    score: float
    embedding: bytes = field(repr=False)
    embedder: str = ""
    age: float | None = None
    gender: int | None = None
