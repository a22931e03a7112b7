"""The mean-embedding recogniser: calibrated probabilities of each person and of "unknown"; names for a whole photo.

A person is represented by the mean embedding. On held-out people the squared distance to that mean beat the nearest
pictures, mixtures of both, and cosines, from one picture a person to twenty (decision 003). How near is near
depends on the number of pictures, and a face that lies far from everybody else is a safer match than one in a crowd.
A drawn face must besides be nearer to its person than to each member of a cohort of drawn people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np

from core.domain.embedders import DLIB, DLIB_AND_SFACE, EMBEDDING_NAME, EMBEDDING_SIZES
from core.domain.faces import Candidate
from core.vision.recognition.assignment import assign
from core.vision.recognition.calibrated_distances import (
    RECOGNISER_CONFIGS,
    RecogniserConfig,
    calibrate,
    means_of,
    squared_distances,
)
from core.vision.recognition.drawn_cohort import load_mean_cohort

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.people import EnrolledFaces
    from core.vision.recognition.photo_reader import PhotoReading

RECOGNISER_NAME = "mean-embedding-1"
MAX_CANDIDATES = 3  # what an answer's line holds
_NETWORKS = slice(None, EMBEDDING_SIZES[DLIB]), slice(EMBEDDING_SIZES[DLIB], None)  # within a joint embedding
DISAGREE_FROM = 0.05  # of clear strangers the nearest person says nothing, so that half would be disagreed about


class FaceNaming(NamedTuple):
    """At most three candidates, likeliest first, and the person that the face is named as, if any.

    `withheld`: the person that it would be named as, were that person not named on another face of the photo.
    `networks_disagree`: see `MeanEmbeddingRecogniser.disagreements`; of a guess with a candidate worth telling.
    """

    candidates: tuple[Candidate, ...]
    named: Candidate | None
    withheld: Candidate | None = None
    networks_disagree: bool = False


ConfirmedNames: TypeAlias = (
    "Sequence[Candidate | None]"  # for each face the person that members named it as; empty: none
)


class Recogniser(Protocol):
    """Names the faces of one photo."""

    def recognise(
        self, queries: NDArray[np.float32], cannot_link_ids: Sequence[frozenset[int]], confirmed: ConfirmedNames = ()
    ) -> list[FaceNaming]:
        """Return a naming for each embedding (N, D); `cannot_link_ids[i]`: people whom face i does not show."""


class Head(Protocol):
    """A trained recogniser of a fixed set of people: what a model version is loaded as."""

    @property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """Name and person id of each."""

    def probabilities(self, reading: PhotoReading) -> NDArray[np.float64]:
        """Calibrated, of each face of a photo: (faces, classes + 1), rows sum to 1, "unknown" is last."""

    def known(self, reading: PhotoReading) -> NDArray[np.float64]:
        """The same as if each face were one of its people: (faces, classes), rows sum to 1."""


NAME_FROM = RecogniserConfig().name_from  # the probability from which on a face is named, whatever the embedder


@dataclass(frozen=True, slots=True)
class Gallery:
    """The people that may be named: `embeddings` (M, D), `owners` (M,) are indices into `person_ids` and `names`."""

    person_ids: tuple[int, ...]
    names: tuple[str, ...]
    embeddings: NDArray[np.float32]
    owners: NDArray[np.intp]

    @classmethod
    def from_rows(cls, rows: EnrolledFaces) -> Gallery:
        """What the database keeps; there `owners` are ids."""
        place = {person_id: index for index, person_id in enumerate(rows.person_ids)}
        size = EMBEDDING_SIZES[rows.embedder]
        embeddings = np.frombuffer(b"".join(rows.embeddings), "<f4").reshape(-1, size)
        return cls(rows.person_ids, rows.names, embeddings, np.array([place[owner] for owner in rows.owners], np.intp))


class MeanEmbeddingRecogniser:
    """Compares with the mean embedding of each person; works from one picture a person.

    Args:
        gallery: the people that may be named.
        config: of the embedder that made the gallery's embeddings.
        means: as of `person_means`, to compare with instead of the gallery's own; None: its own.
    """

    def __init__(
        self,
        gallery: Gallery,
        config: RecogniserConfig = RECOGNISER_CONFIGS[EMBEDDING_NAME],
        means: tuple[NDArray[np.float64], NDArray[np.intp]] | None = None,
    ) -> None:
        self._gallery, self._config = gallery, config
        self._means, self._counts = person_means(gallery) if means is None else means
        self._cohort = load_mean_cohort(config.embedder)

    @property
    def gallery(self) -> Gallery:
        """The people that may be named, with their pictures."""
        return self._gallery

    @property
    def name(self) -> str:
        """How answers name this recogniser: by its embedder, too."""
        return f"{self.embedder}+{RECOGNISER_NAME}"

    @property
    def embedder(self) -> str:
        """Name of the embedder whose embeddings this recogniser compares."""
        return self._config.embedder

    @property
    def people(self) -> dict[int, str]:
        """Names by person id, in the order of the columns of `probabilities`."""
        return dict(zip(self._gallery.person_ids, self._gallery.names, strict=True))

    def recognise(
        self, queries: NDArray[np.float32], cannot_link_ids: Sequence[frozenset[int]], confirmed: ConfirmedNames = ()
    ) -> list[FaceNaming]:
        """Name each embedding (N, D), see `name_faces`.

        Args:
            queries: the faces of one photo.
            cannot_link_ids: for each face, ids of people that it does not show.
            confirmed: for each face, whom people named it as.
        """
        mask = mask_of(cannot_link_ids, self._gallery.person_ids)
        disagreements = self.disagreements(queries, mask)
        return name_faces(self.probabilities(queries, mask), self.people, NAME_FROM, confirmed, disagreements)

    def probabilities(self, queries: NDArray[np.float32], cannot_links: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Embeddings (N, D) and a mask (N, P) of who they are not -> (N, P + 1), rows sum to 1, "unknown" is last."""
        distances = np.where(cannot_links, np.inf, squared_distances(queries, self._means))
        cohort = None if self._cohort is None else self._cohort.distances(queries)
        return calibrate(distances, self._counts, self._config, cohort)

    def without(self, rows: Sequence[int]) -> MeanEmbeddingRecogniser | None:
        """Return the recogniser as it would be without these pictures of one person; None: the person has no others.

        `rows` are the gallery's. The gallery of what is returned still has them, but they are not compared with.
        """
        (column,) = set(self._gallery.owners[list(rows)].tolist())
        is_left = self._gallery.owners == column
        is_left[list(rows)] = False
        if not is_left.any():
            return None
        means, counts = self._means.copy(), self._counts.copy()
        means[column], counts[column] = self._gallery.embeddings[is_left].mean(0, dtype=np.float64), is_left.sum()
        return MeanEmbeddingRecogniser(self._gallery, self._config, (means, counts))

    def disagreements(self, queries: NDArray[np.floating], cannot_links: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for each face (N,) whether the person nearest to dlib's network is another than SFace's nearest.

        That is told of 0.7 % of the faces that are named rightly (idols: 3.7 %), of 19 % of the known ones that stay
        unnamed (26 %), and of 6 % of the strangers (18 %): `python -m benchmarks recognition`. An embedder of one
        network never disagrees.
        """
        if self.embedder != DLIB_AND_SFACE or not self._means.size:
            return np.zeros(len(queries), bool)
        both = [
            np.where(cannot_links, np.inf, squared_distances(queries[:, part], self._means[:, part])).argmin(1)
            for part in _NETWORKS
        ]
        return np.asarray(both[0] != both[1])


def mask_of(cannot_link_ids: Sequence[frozenset[int]], person_ids: Sequence[int]) -> NDArray[np.bool_]:
    """For each face who it does not show -> (N, P)."""
    mask = np.array([[id_ in row for id_ in person_ids] for row in cannot_link_ids], bool)
    return mask.reshape(len(cannot_link_ids), len(person_ids))


def name_faces(
    probabilities: NDArray[np.float64],
    people: Mapping[int, str],
    name_from: float,
    confirmed: ConfirmedNames = (),
    disagreements: NDArray[np.bool_] | None = None,
) -> list[FaceNaming]:
    """The answer for a whole photo: what people confirmed, and guesses that name nobody twice.

    Somebody who is confirmed on one face is in the photo, and a guess that it is the same person again is withheld as
    any second guess is. Who is confirmed on several faces is in the photo several times (a strip, a mirror): then
    guesses may name that person as often as they are sure.

    Args:
        probabilities: (N, P + 1), "unknown" last.
        people: (P) names by person id, in the order of the columns.
        name_from: a face whose person is less likely than this stays unnamed.
        confirmed: for each face whom people named it as; such a person need not be among `people`.
        disagreements: for each face whether the networks disagree about it; None: about none.
    """
    columns = list(people.items())
    settled = list(confirmed) or [None] * len(probabilities)
    guesses = iter(_guesses(probabilities, list(people), name_from, settled))
    disagree = np.zeros(len(probabilities), bool) if disagreements is None else disagreements

    def candidate(column: int, row: NDArray[np.float64]) -> Candidate:
        return Candidate(*columns[column], float(row[column]))

    def naming(row: NDArray[np.float64], person: Candidate | None, *, networks_disagree: bool) -> FaceNaming:
        order = np.argsort(-row[:-1], kind="stable")[:MAX_CANDIDATES]
        candidates = tuple(candidate(index, row) for index in order if row[index] > 0)
        if person is not None:
            return FaceNaming(candidates, person)
        guess = next(guesses)
        named, withheld = (None if column is None else candidate(column, row) for column in guess)
        is_told = networks_disagree and bool(candidates) and candidates[0].probability >= DISAGREE_FROM
        return FaceNaming(candidates, named, withheld, is_told)

    rows = zip(probabilities, settled, disagree, strict=True)
    return [naming(row, person, networks_disagree=bool(networks)) for row, person, networks in rows]


def _guesses(
    probabilities: NDArray[np.float64], person_ids: Sequence[int], name_from: float, settled: ConfirmedNames
) -> list[tuple[int | None, int | None]]:
    """For each face that is not settled the column that it is named as, and the one that is withheld."""
    counts = Counter(person.person_id for person in settled if person is not None)
    taken = {column for column, person_id in enumerate(person_ids) if counts[person_id] == 1}
    repeated = {column for column, person_id in enumerate(person_ids) if counts[person_id] > 1}
    rows = probabilities[[person is None for person in settled]]
    sure = [_sure(row, name_from) for row in rows]
    contested = rows.copy()
    contested[:, [*taken, *repeated]] = 0.0
    assigned = assign(contested, name_from)
    named = [own if own in repeated else other for own, other in zip(sure, assigned, strict=True)]
    used = taken | {column for column in named if column is not None}
    return [(column, own if column is None and own in used else None) for column, own in zip(named, sure, strict=True)]


def _sure(row: NDArray[np.float64], name_from: float) -> int | None:
    """The column of the likeliest person, if a face with this row (P + 1) alone in its photo would be named so."""
    column = int(row.argmax())
    return column if column < len(row) - 1 and row[column] >= name_from else None


def make_recogniser(rows: EnrolledFaces) -> MeanEmbeddingRecogniser:
    """The recogniser that serves a guild with these rows."""
    return MeanEmbeddingRecogniser(Gallery.from_rows(rows), RECOGNISER_CONFIGS[rows.embedder])


def person_means(gallery: Gallery) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The mean embedding of each person (P, D) and the number of pictures (P,).

    Raises:
        ValueError: a person without a picture.
    """
    people = len(gallery.person_ids)
    counts = np.bincount(gallery.owners, minlength=people)
    if len(counts) != people or (counts == 0).any():
        raise ValueError("each person of a gallery has a picture, and each picture is of a person")
    return means_of(gallery.embeddings, gallery.owners, counts), counts
