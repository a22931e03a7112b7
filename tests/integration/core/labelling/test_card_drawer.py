"""The pictures of cards, drawn from the stored photos of their faces."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.jobs import Job
from core.domain.labelling.cards import CardRef
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import FaceRef, Person
from core.render.label_card import REFERENCE, TILE
from core.services.labelling import card_drawer
from core.services.labelling.card_drawer import CardDrawer
from core.services.labelling.jobs import LabellingJobs
from core.storage.blobs import Blobs
from core.storage.labelling_tables import labelling_cards
from core.storage.people.changes import set_objection
from core.storage.people.face_rows import box_of
from core.storage.tables import faces
from tests.integration.core.builders import CHANNEL, GUILD
from tests.integration.core.labelling.builders import AIKO, Guild, likely
from tests.integration.core.labelling.contributions import contribute, point

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (40, 40, 220)
MISSING = (0x4E, 0x50, 0x58)
WHERE = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}


class Reader:
    """Decodes what Pillow does, and counts how it is asked."""

    def __init__(self) -> None:
        self.decoded = self.turned = 0

    def decode(self, data: bytes) -> np.ndarray:
        self.decoded += 1
        return _pixels(data)

    def upright_photo(self, data: bytes, detected: Sequence[DetectedFace]) -> tuple[np.ndarray, Sequence[DetectedFace]]:
        self.turned += 1
        return _pixels(data), detected


def _pixels(data: bytes) -> np.ndarray:
    try:
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    except OSError as error:
        raise OmokageError(ErrorCode.NOT_AN_IMAGE) from error


class Drawing:
    """Photos of one colour each, and the pictures of cards that show them."""

    def __init__(self, guild: Guild, blobs: Blobs) -> None:
        self.guild, self.blobs, self.reader = guild, blobs, Reader()
        self.drawer = CardDrawer(guild.database, blobs, self.reader)
        self._requests = LabellingJobs(guild.database, guild.jobs.dispatcher, guild.clock)

    def photo(self, colour: tuple[int, int, int]) -> str:
        out = io.BytesIO()
        Image.new("RGB", (100, 100), colour).save(out, "PNG")
        return self.blobs.put(out.getvalue())

    def known(self, name: str, colour: tuple[int, int, int]) -> Person:
        self.guild.post(1, photo=self.photo(colour))
        return self.guild.people.name_face(FaceRef(self.guild.job_ids[-1], 1), GUILD, name, **WHERE)  # type: ignore[arg-type]

    def job(self, card_id: int) -> Job:
        return self.guild.jobs.get(self._requests.draw(GUILD, card_id))

    def draw(self, card_id: int) -> Image.Image:
        assert self.drawer.answer(self.job(card_id)) == {}
        picture = self.guild.labelling.picture(GUILD, card_id)
        assert picture is not None
        return Image.open(io.BytesIO(self.blobs.get(picture))).convert("RGB")


@pytest.fixture
def drawing(guild: Guild, blobs: Blobs) -> Drawing:
    return Drawing(guild, blobs)


def tile_colours(sheet: Image.Image, count: int) -> list[tuple[int, ...]]:
    """The colours in the middle of a grid's tiles."""
    left = REFERENCE + 18
    corners = [(left + index % 3 * (TILE + 6), 6 + index // 3 * (TILE + 6)) for index in range(count)]
    return [sheet.getpixel((x + TILE // 2, y + TILE // 2)) for x, y in corners]  # type: ignore[misc]


def near(colours: Sequence[Sequence[int]], expected: Sequence[Sequence[int]]) -> bool:
    return bool(np.abs(np.array(colours) - np.array(expected)).max() <= 12)


def test_a_grid_shows_its_faces_in_their_order_beside_the_person(guild: Guild, drawing: Drawing) -> None:
    haru = drawing.known("Haru", BLUE)
    ids = [guild.post(1, photo=drawing.photo(colour))[0] for colour in (RED, GREEN)]
    ids += guild.post(1)  # whose photo is gone
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))

    sheet = drawing.draw(guild.card(AIKO).id)

    assert near(tile_colours(sheet, 3), [RED, GREEN, MISSING])
    assert near([sheet.getpixel((6 + REFERENCE // 2, 6 + REFERENCE // 2))], [BLUE])  # type: ignore[list-item]


def test_a_name_card_shows_its_face_beside_those_whom_it_may_show(guild: Guild, drawing: Drawing) -> None:
    haru, natsu = drawing.known("Haru", BLUE), drawing.known("Natsu", GREEN)
    (face_id,) = guild.post(1, photo=drawing.photo(RED))
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.3, natsu.id: 0.2, SOMEBODY_ELSE: 0.5}})

    sheet = drawing.draw(guild.card(AIKO).id)

    row = [
        sheet.getpixel((x, 6 + TILE // 2)) for x in (60, sheet.width - 6 - TILE * 3 // 2 - 6, sheet.width - TILE // 2)
    ]
    assert near(row, [RED, BLUE, GREEN])  # type: ignore[arg-type]


def test_a_contributed_crop_is_upright_and_a_photo_of_the_chat_is_turned(guild: Guild, drawing: Drawing) -> None:
    haru = drawing.known("Haru", BLUE)
    (crop,) = contribute(guild, point(3))
    with guild.database.write() as connection:
        connection.execute(update(faces).where(faces.c.id == crop).values(photo=drawing.photo(RED)))
    guild.labelling.add_faces(GUILD, likely([crop], haru, 0.6))

    sheet = drawing.draw(guild.card(AIKO).id)

    assert near(tile_colours(sheet, 1), [RED])
    assert (drawing.reader.decoded, drawing.reader.turned) == (1, 1)  # the crop, and Haru's own


def test_a_damaged_photo_is_a_grey_tile_and_a_line_in_the_log(
    guild: Guild, drawing: Drawing, caplog: pytest.LogCaptureFixture
) -> None:
    haru = drawing.known("Haru", BLUE)
    (face_id,) = guild.post(1, photo=drawing.blobs.put(b"no picture"))
    guild.labelling.add_faces(GUILD, likely([face_id], haru, 0.6))
    assert near(tile_colours(drawing.draw(guild.card(AIKO).id), 1), [MISSING])
    assert f"face {face_id}: its photo cannot be shown" in caplog.text


def test_a_card_that_is_drawn_already_is_not_drawn_again(guild: Guild, drawing: Drawing) -> None:
    haru = drawing.known("Haru", BLUE)
    guild.labelling.add_faces(GUILD, likely(guild.post(1, photo=drawing.photo(RED)), haru, 0.6))
    card_id = guild.card(AIKO).id
    drawing.draw(card_id)
    picture, turned = guild.labelling.picture(GUILD, card_id), drawing.reader.turned
    assert picture is not None
    drawing.blobs.delete(picture)

    assert drawing.drawer.answer(drawing.job(card_id)) == {}

    assert guild.labelling.picture(GUILD, card_id) == picture
    assert not drawing.blobs.exists(picture)
    assert drawing.reader.turned == turned


def test_a_card_that_is_gone_needs_no_picture(guild: Guild, drawing: Drawing) -> None:
    assert drawing.drawer.answer(drawing.job(4711)) == {}
    assert drawing.reader.turned == 0


def test_a_photo_that_is_deleted_is_not_shown_from_memory(guild: Guild, drawing: Drawing) -> None:
    haru = drawing.known("Haru", BLUE)
    first, second = (guild.post(1, photo=drawing.photo(colour))[0] for colour in (RED, GREEN))
    guild.labelling.add_faces(GUILD, likely([first, second], haru, 0.6))
    assert near(tile_colours(drawing.draw(guild.card(AIKO).id), 2), [RED, GREEN])
    with guild.database.write() as connection:
        connection.execute(update(faces).where(faces.c.id == first).values(photo=None))
    assert near(tile_colours(drawing.draw(guild.card(AIKO + 1).id), 2), [MISSING, GREEN])


def test_a_name_of_emoji_or_of_too_many_letters_is_no_obstacle(guild: Guild, drawing: Drawing) -> None:
    sizes = set()
    for name in ("🐱🐶", "本田 翼" * 10, "Haru"):
        person = drawing.known(name, BLUE)
        guild.labelling.add_faces(GUILD, likely(guild.post(9), person, 0.6))
        shown = guild.card(AIKO)
        sizes.add(drawing.draw(shown.id).size)
        guild.labelling.skip(CardRef(GUILD, AIKO, shown.id))
    assert len(sizes) == 1


def test_whoever_objected_is_blurred_where_they_stand_beside_a_face(
    guild: Guild, drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    blurred: list[Box] = []

    def blur(image: np.ndarray, box: Box) -> np.ndarray:
        blurred.append(box)
        return np.full_like(image, 200)

    monkeypatch.setattr(card_drawer, "pixelate", blur)
    haru = drawing.known("Haru", BLUE)
    asked, beside = guild.post(2, photo=drawing.photo(RED))
    natsu = guild.people.name_face(FaceRef(guild.job_ids[-1], 2), GUILD, "Natsu", **WHERE)  # type: ignore[arg-type]
    guild.labelling.add_faces(GUILD, likely([asked], haru, 0.6))
    shown = guild.card(AIKO)
    assert near(tile_colours(drawing.draw(shown.id), 1), [RED])
    assert blurred == []

    with guild.database.write() as connection:
        set_objection(connection, natsu.id, guild.clock.now)
        box = box_of(connection.execute(select(faces).where(faces.c.id == beside)).one())
        connection.execute(update(labelling_cards).values(picture=None))
    assert near(tile_colours(drawing.draw(shown.id), 1), [(200, 200, 200)])  # not the tile from before
    assert blurred == [box]
