"""Draw the pictures of cards from the stored photos of their faces."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from core.domain.errors import OmokageError
from core.domain.jobs import JSON, Job, JobKind
from core.render.label_card import REFERENCE, draw_grid_card, draw_name_card
from core.render.pixelate import pixelate
from core.services.lru_cache import LruCache
from core.storage import labelling_rows as rows
from core.storage.labelling_pictures import DrawnFace, card_faces, reference_faces
from core.storage.people.face_record_rows import objecting_boxes
from core.storage.people.people_rows import person_names
from core.vision.crop import cut_square
from core.vision.views import largest_portrait

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.faces import Box, DetectedFace
    from core.storage.blobs import Blobs
    from core.storage.database import Database

_log = logging.getLogger(__name__)
_MAX_TILES = 200  # faces of some 200 kB that are kept between cards: a person's own is on each of that person's


class FacePhotoReader(Protocol):
    """The reader of photos: core.vision.recognition.photo_reader, as far as it is used here."""

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """Return a photo's pixels (H, W, 3); raises OmokageError for what is no photo."""

    def upright_photo(
        self, data: bytes, faces: Sequence[DetectedFace]
    ) -> tuple[NDArray[np.uint8], Sequence[DetectedFace]]:
        """Return a photo (H, W, 3), turned as it was when these faces were detected in it, and the faces there."""


class CardDrawer:
    """Answers card jobs.

    Args:
        database: has the cards.
        blobs: has the photos, and gets the pictures.
        reader: decodes photos.
    """

    def __init__(self, database: Database, blobs: Blobs, reader: FacePhotoReader) -> None:
        self._database = database
        self._blobs = blobs
        self._reader = reader
        self._tiles: LruCache[tuple[int, tuple[Box, ...]], NDArray[np.uint8]] = LruCache(_MAX_TILES)

    def answer(self, job: Job) -> Mapping[str, JSON]:
        """Draw the card that the job names; a card that is gone by now needs no picture."""
        card_id = int(str(job.params["card_id"]))
        with self._database.read() as connection:
            card = rows.find_card(connection, card_id)
            if card is None or card.picture is not None:
                return {}
            names = person_names(connection, card.guild_id)
            shown = card_faces(connection, card.guild_id, card.face_ids)
            people = [card.person_id] if card.person_id is not None else list(card.names)
            references = reference_faces(connection, card.guild_id, people, other_than=card.face_ids)
            photos = {face.photo for face in (*shown.values(), *references.values()) if face.photo is not None}
            hidden = objecting_boxes(connection, card.guild_id, photos)
        picture = self._blobs.put(self._draw(card, names, shown, references, hidden))
        with self._database.write() as connection:
            rows.save_picture(connection, card_id, picture)
        return {}

    def _draw(
        self,
        card: Any,
        names: Mapping[int, str],
        shown: Mapping[int, DrawnFace],
        references: Mapping[int, DrawnFace],
        hidden: Mapping[str, Sequence[Box]],
    ) -> bytes:
        faces = [self._tile(shown.get(face_id), hidden) for face_id in card.face_ids]
        if card.person_id is not None:
            reference = self._tile(references.get(card.person_id), hidden)
            return draw_grid_card(names.get(card.person_id, ""), reference, faces)
        candidates: Sequence[int] = [id_ for id_ in card.names if id_ in names]
        return draw_name_card(faces[0], [(names[id_], self._tile(references.get(id_), hidden)) for id_ in candidates])

    def _tile(self, face: DrawnFace | None, hidden: Mapping[str, Sequence[Box]]) -> NDArray[np.uint8] | None:
        """Return a face (S, S, 3), faces of people who objected blurred; None where its photo is gone or damaged."""
        if face is None or face.photo is None:
            return None
        boxes = tuple(hidden.get(face.photo, ()))
        tile = self._tiles.get((face.id, boxes))
        if tile is None:
            try:
                data = self._blobs.get(face.photo)
                if face.kind == JobKind.TEACH:  # a crop, which is upright
                    image, detected = self._reader.decode(data), face.detected
                else:
                    image, (detected,) = self._reader.upright_photo(data, [face.detected])
                for box in boxes:
                    image = pixelate(image, box)
                tile = cut_square(image, largest_portrait(image, detected.landmarks), REFERENCE)
            except (OmokageError, ValueError) as error:
                _log.warning("face %s: its photo cannot be shown (%s)", face.id, type(error).__name__)
                return None
            self._tiles.put((face.id, boxes), tile)
        return tile
