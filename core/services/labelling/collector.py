"""Choose the faces that members are asked about, with what the guild's recogniser takes them for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.embedders import EMBEDDING_SIZES
from core.domain.jobs import JSON, Job, JobKind
from core.domain.labelling.cards import Proposal
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.teaching import TeachRequest, TeachResult
from core.services.recognition.gallery_cache import SAME_PICTURE, GalleryCache
from core.storage.labelling_collection import collectable_faces, consents, withdraw_chat_faces, withdraw_faces
from core.storage.people.label_rows import rejected_people
from core.storage.people.people_rows import lock_people
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import MeanEmbeddingRecogniser, mask_of
from core.vision.recognition.typical_faces import count_represented

if TYPE_CHECKING:
    from sqlalchemy import Row

    from core.domain.people import ChatLearning, EnrolledFaces
    from core.services.guilds import GuildService
    from core.services.labelling.service import LabellingService
    from core.services.people.service import PeopleService
    from core.storage.database import Database

_LEAST = 0.01  # of a person's probability that is kept: who is less likely is no name on a card
_SAME = 0.5  # probability from which on a face of the chat counts as the person's, who must have agreed
_OBJECTS = 0.3  # ... and from which on as that of a person who objected, which nobody is asked about


class Collector:
    """Answers collect jobs.

    Args:
        database: of faces and jobs.
        people: the guilds' people.
        guilds: whose faces of the chat may be learnt.
        labelling: takes the faces.
        make_recogniser: builds a recogniser from a guild's enrolled faces.
    """

    def __init__(
        self,
        database: Database,
        people: PeopleService,
        guilds: GuildService,
        labelling: LabellingService,
        make_recogniser: Callable[[EnrolledFaces], MeanEmbeddingRecogniser],
    ) -> None:
        self._database = database
        self._people = people
        self._guilds = guilds
        self._labelling = labelling
        self._galleries = GalleryCache(people.gallery, make_recogniser)

    def answer(self, job: Job) -> Mapping[str, JSON]:
        """Put up a guild's faces; return how many are `new`."""
        guild_id = job.origin.guild_id
        gallery, learning = self._galleries.get(guild_id), self._guilds.settings(guild_id).chat_learning
        kinds = [JobKind.TEACH, JobKind.CLASSIFY] if learning.consents else [JobKind.TEACH]
        with self._database.read() as connection:
            found = collectable_faces(connection, guild_id, gallery.embedder, kinds)
            rejected = rejected_people(connection, guild_id, [row.id for row in found])
            agreed = consents(connection, guild_id)
        embeddings = np.frombuffer(b"".join(row.embedding for row in found), "<f4")
        embeddings = embeddings.reshape(len(found), EMBEDDING_SIZES[gallery.embedder])
        recogniser = gallery.recogniser
        ids = list(recogniser.people)
        mask = mask_of([rejected[row.id] for row in found], ids)
        probabilities = {
            row.id: _of_people(ids, of_face)
            for row, of_face in zip(found, recogniser.probabilities(embeddings, mask), strict=True)
        }
        objecting = self._people.objecting_ids(guild_id)
        objects = {id_ for id_, of_face in probabilities.items() if _may_be_any(of_face, objecting)}
        kept = {
            row.id: probabilities[row.id]
            for row in found
            if row.id not in objects and _may_be_asked(row, probabilities[row.id], learning, agreed)
        }
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            withdraw_faces(connection, objects)
            withdraw_chat_faces(connection, guild_id, kept)  # also where learning from the chat was switched off since
        proposals = {row.id: proposal for row in found if (proposal := _proposal(row)) is not None}
        is_kept = [row.id in kept for row in found]
        radius = RECOGNISER_CONFIGS[gallery.embedder].distance
        counts = count_represented(embeddings[is_kept], radius, SAME_PICTURE**2)
        represented = dict(zip((row.id for row in found if row.id in kept), counts.tolist(), strict=True))
        return {"new": self._labelling.add_faces(guild_id, kept, proposals, represented)}


def _of_people(ids: list[int], probabilities: Any) -> dict[int, float]:
    """Return the probabilities (P + 1) of a face by person; all that is left is somebody else's."""
    likely = {id_: float(value) for id_, value in zip(ids, probabilities, strict=False) if value >= _LEAST}
    return {**likely, SOMEBODY_ELSE: max(0.0, 1.0 - sum(likely.values()))}


def _may_be_any(probabilities: Mapping[int, float], people: frozenset[int]) -> bool:
    return any(probabilities.get(id_, 0.0) >= _OBJECTS for id_ in people)


def _may_be_asked(
    row: Row[Any], probabilities: Mapping[int, float], learning: ChatLearning, agreed: Mapping[int, str]
) -> bool:
    """Return whether a face was contributed, or shows somebody whose faces of the chat may be learnt."""
    if row.kind == JobKind.TEACH:
        return True
    return any(
        probability >= _SAME and agreed.get(id_) in learning.consents
        for id_, probability in probabilities.items()
        if id_ != SOMEBODY_ELSE
    )


def _proposal(row: Row[Any]) -> Proposal | None:
    """Return whom the contributor takes a face for; None: nobody said, or the photo has more faces than this."""
    if row.kind != JobKind.TEACH or row.result is None:
        return None
    request = TeachRequest.from_json(row.params)
    if request.name is None or row.number not in TeachResult.from_json(row.result).alone:
        return None
    return Proposal(row.member_id, request.name, request.is_self)
