"""Draw a person's stored pictures as numbered sheets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError
from core.domain.picture_sheets import PICTURES_PER_SHEET, SheetRequest, SheetResult
from core.render.label_card import TILE, draw_numbered_faces
from core.services.recognition.face_tiles import face_tile

if TYPE_CHECKING:
    from core.services.people.service import PeopleService
    from core.services.people.splitting import PersonSplitter
    from core.services.recognition.face_tiles import PhotoTurner
    from core.storage.blobs import Blobs


class SheetService:
    """Answers sheet jobs.

    Args:
        splitter: lists the pictures of people.
        people: knows who objected.
        blobs: where photos are and pictures go.
        reader: decodes photos.
    """

    def __init__(self, splitter: PersonSplitter, people: PeopleService, blobs: Blobs, reader: PhotoTurner) -> None:
        self._splitter = splitter
        self._people = people
        self._blobs = blobs
        self._reader = reader

    def answer(self, job: Job, progress: Callable[[str, float], None], cancelled: Callable[[], bool]) -> SheetResult:
        """Draw a page; faces of people who objected are blurred, also of the person whose pictures these are.

        Raises:
            OmokageError: UNKNOWN_PERSON; FACE_GONE, there is no picture of the person any more.
            JobCancelledError: `cancelled` returned True.
        """
        request, guild_id = SheetRequest.from_json(job.params), job.origin.guild_id
        person, records = self._splitter.pictures_of(guild_id, request.person_id)
        if not records:
            raise OmokageError(ErrorCode.FACE_GONE)
        page = min(request.page, (len(records) - 1) // PICTURES_PER_SHEET)
        shown = records[page * PICTURES_PER_SHEET : (page + 1) * PICTURES_PER_SHEET]
        photos = {record.photo for record in shown if record.photo is not None}
        hidden = self._people.gallery.objecting_boxes(guild_id, photos)
        tiles = []
        for number, record in enumerate(shown):
            if cancelled():
                raise JobCancelledError
            progress("drawing", number / len(shown))
            tiles.append(face_tile(record, hidden.get(record.photo or "", ()), TILE, self._blobs, self._reader))
        picture = self._blobs.put(draw_numbered_faces(tiles, page * PICTURES_PER_SHEET + 1))
        face_ids = tuple(record.id for record in shown)
        return SheetResult(person.id, page, len(records), face_ids, picture, blurred=person.objected_at is not None)
