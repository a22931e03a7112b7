"""Faces that never were, in the chat: grids, films, morphs, mixes, and what is pressed under them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face, FilmRequest, GridRequest, MixRequest, MorphRequest, NearestRequest
from core.domain.jobs import JobKind
from core.settings import Settings
from sandbox.driver import Driver, DriverError, Invocation, Member
from sandbox.types import Json
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.fakes.generator import FakeGeneration
from tests.integration.bot.fakes.worker import FakeWorker, jpeg, until
from tests.integration.bot.status_messages import buttons, said
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

OTHER = ("other.jpg", jpeg(320, 200))
PNG, WEBP = b"\x89PNG", b"RIFF"


@pytest.fixture
def fake_generation(services: Services, worker: FakeWorker) -> Iterator[FakeGeneration]:
    return FakeGeneration(services, worker)


async def shown(asked: Invocation) -> Json:
    return await asked.wait_for(lambda message: bool(message["embeds"]))


async def picture(driver: Driver, message: Json, frame: int = 0) -> bytes:
    return await driver.download(message["embeds"][frame]["image"]["url"])


async def test_a_grid_is_posted_with_its_seeds(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, driver: Driver
) -> None:
    interaction = await ben.command("generate", count=8, seed=41, truncation=0.7)
    answer = await shown(interaction)

    assert GridRequest.from_json(fake_generation.asked[0].params) == GridRequest(8, 41, None, 0.7)
    assert said(answer).startswith("8 faces that never were\nSeeds **41** to **48**\n-# truncation 0.7")
    assert answer["embeds"][0]["footer"]["text"] == f"dcgan v3 (dcgan light) · job {interaction.id}"
    assert not answer["flags"] & EPHEMERAL
    assert (await picture(driver, answer)).startswith(PNG)


async def test_without_a_seed_any_faces_are_drawn_and_their_seeds_shown(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member
) -> None:
    answers = [await shown(await ben.command("generate", count=2)) for _ in range(2)]

    seeds = [GridRequest.from_json(job.params).seed for job in fake_generation.asked]
    assert seeds[0] != seeds[1]
    assert all(f"**{seed}** to **{seed + 1}**" in said(one) for seed, one in zip(seeds, answers, strict=True))


async def test_each_press_is_a_job_of_its_own_with_its_own_answer(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, aiko: Member, driver: Driver
) -> None:
    grid = await shown(await ben.command("generate", count=8, seed=41))

    again = await shown(await aiko.click(grid, "🎲 Other faces"))
    film = await shown(await aiko.click(grid, "🎞️ Film"))
    like = await shown(await aiko.select(grid, "drawn:like", "Face 43"))
    near = await shown(await aiko.select(grid, "drawn:near", "Face 43"))
    smiling = await shown(await aiko.select(grid, "drawn:trait", "➕ More: smile"))

    jobs = {job.kind: job for job in fake_generation.asked}
    requests = [GridRequest.from_json(job.params) for job in fake_generation.asked if job.kind is JobKind.GENERATE]
    assert len({one["id"] for one in (grid, again, film, like, near, smiling)}) == 6
    assert requests[1].seed != 41
    assert (requests[1].count, requests[1].model) == (8, "dcgan v3")
    assert (requests[2].like, requests[2].count) == (Face(43), 8)
    assert requests[3] == GridRequest(8, 41, "dcgan v3", traits={"smile": 1.0})
    assert FilmRequest.from_json(jobs[JobKind.FILM].params).faces == tuple(map(Face, range(41, 49)))
    assert NearestRequest.from_json(jobs[JobKind.NEAREST].params).face == Face(43)
    assert said(like).startswith("8 variations of face 43")
    assert said(near).splitlines()[:2] == ["The training pictures that face 43 is most like", "**1** 0.50 · **2** 0.75"]
    assert "smile +1" in said(smiling)
    assert film["embeds"][0]["image"]["url"].endswith("film.webp")
    assert (await picture(driver, film)).startswith(WEBP)
    assert jobs[JobKind.FILM].origin.member_id == int(aiko.id)


async def test_buttons_work_after_a_restart_and_answers_are_shown_again(
    services: Services, settings: Settings, worker: FakeWorker, fake_generation: FakeGeneration, ben: Member
) -> None:
    async with serving(services, settings, worker):
        await ben.wait_for_bot("generate")
        interaction = await ben.command("generate", count=30, seed=1)
        grid = await shown(interaction)
    async with serving(services, settings, worker):
        answer = await (await ben.select(grid, f"drawn:face:{interaction.id}:25s", "Face 30")).answer()
    async with serving(services, settings, worker):
        like = await shown(await ben.click(answer, "🧬 Variations"))
        again = await (await ben.command("show", job=interaction.id)).answer()
        offered = await ben.autocomplete("show", "job", "")

    assert answer["content"] == "Face 30: what would you like to see?"
    assert answer["flags"] & EPHEMERAL
    assert buttons(answer) == ["🧬 Variations", "🔎 Nearest training pictures"]
    assert said(like).startswith("8 variations of face 30")
    assert not like["flags"] & EPHEMERAL
    assert said(again) == said(grid)
    assert any("/generate 30 · 1" in choice["name"] for choice in offered)


async def test_of_the_products_own_models_no_training_pictures_are_offered(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member
) -> None:
    fake_generation.version_id = None

    answer = await shown(await ben.command("generate", count=4, model="starter dcgan"))

    ids = [one.get("custom_id", "") for row in answer["components"] for one in row["components"]]
    assert not any("near" in id_ for id_ in ids)


async def test_a_morph_between_a_photo_and_a_seed_is_a_film_above_a_strip(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, driver: Driver, services: Services
) -> None:
    answer = await shown(await ben.command("morph", **{"a-photo": PHOTO, "b-seed": 9, "film": "gif"}))

    asked = MorphRequest.from_json(fake_generation.asked[0].params)
    assert services.blobs.get(asked.a.photo or "") == PHOTO[1]
    assert asked.b == Face(9)
    assert fake_generation.asked[0].params["format"] == "gif"
    assert said(answer).startswith("From the face in the photo to face 9")
    assert (await picture(driver, answer)).startswith(WEBP)
    assert (await picture(driver, answer, 1)).startswith(PNG)


async def test_two_photos_are_both_stored(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, services: Services
) -> None:
    await shown(await ben.command("morph", **{"a-photo": PHOTO, "b-photo": OTHER}))
    await shown(
        await ben.command("mix", **{"add": "3 5", "add-photo": PHOTO, "subtract-photo": OTHER, "traits": "smile"})
    )

    morph = MorphRequest.from_json(fake_generation.asked[0].params)
    mix = MixRequest.from_json(fake_generation.asked[1].params)
    stored = [services.blobs.get(face.photo or "") for face in (morph.a, morph.b, mix.add[2], mix.subtract[0])]
    assert stored == [PHOTO[1], OTHER[1], PHOTO[1], OTHER[1]]
    assert (mix.add[:2], mix.traits) == ((Face(3), Face(5)), {"smile": 1.0})


async def test_variations_of_a_face_in_a_photo_are_drawn(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, services: Services
) -> None:
    answer = await shown(await ben.command("generate", count=4, photo=PHOTO))
    again = await shown(await ben.click(answer, "🎲 Other faces"))

    asked = [GridRequest.from_json(job.params) for job in fake_generation.asked]
    assert [services.blobs.get((one.like or Face(0)).photo or "") for one in asked] == [PHOTO[1]] * 2
    assert asked[0].seed != asked[1].seed
    assert said(answer).startswith("4 variations of the face in the photo")
    assert said(again) == said(answer)


async def test_of_several_faces_in_a_photo_the_one_who_asked_chooses(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, chie: Member, driver: Driver
) -> None:
    fake_generation.faces = 3
    interaction = await ben.command("morph", **{"a-photo": PHOTO, "b-photo": OTHER, "film": "gif"})
    first = await shown(interaction)
    second = await shown(await ben.select(first, 0, "Face 3"))
    answer = await shown(await ben.select(second, 0, "Face 1"))

    faces = [MorphRequest.from_json(job.params) for job in fake_generation.asked]
    assert {job.params.get("format") for job in fake_generation.asked} == {"gif"}
    assert [(face.a.index, face.b.index) for face in faces] == [(None, None), (2, None), (2, 0)]
    assert said(first).startswith("This photo shows 3 faces")
    assert all(one["flags"] & EPHEMERAL for one in (first, second))
    assert (await picture(driver, first)).startswith(b"\xff\xd8")
    assert not answer["flags"] & EPHEMERAL
    assert said(answer).startswith("From the face in the photo to the face in the photo")
    assert not [message for message in chie.messages() if "3 faces" in said(message)]


async def test_a_bot_that_dies_before_both_photos_are_stored_leaves_them_to_the_next(
    services: Services, settings: Settings, worker: FakeWorker, fake_generation: FakeGeneration, ben: Member
) -> None:
    async with serving(services, settings, worker) as first:
        await ben.wait_for_bot("morph")
        first.intake._room = asyncio.Semaphore(0)
        interaction = await ben.command("morph", **{"a-photo": PHOTO, "b-photo": OTHER})
        await interaction.ack()
        await until(lambda: first.intake._in_flight)
        await kill(first)
    async with serving(services, settings, worker):
        answer = await shown(interaction)

    assert said(answer).startswith("From the face in the photo")
    assert [message["id"] for message in interaction.messages] == [answer["id"]]


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("morph", {"a-photo": PHOTO, "a-seed": 3}, "For each of the two faces give a photo or a seed, not both."),
        ("morph", {"a-photo": ("notes.txt", b"hello")}, "That is not a picture I can read."),
        ("mix", {}, "There is nothing to add. Give seeds with add (3 5 9)"),
        ("mix", {"add": "3 x"}, "The option add cannot be “x”. Allowed: 0 to 2147483647."),
        ("mix", {"add": "3", "traits": "1.5"}, "Traits are words with a number behind them"),
        ("mix", {"add": "3", "traits": "smile 9"}, "The option smile cannot be “9.0”. Allowed: -3 to 3."),
    ],
)
async def test_what_cannot_be_asked_is_said_at_once(  # noqa: PLR0917 - fixtures
    bot: OmokageBot,
    fake_generation: FakeGeneration,
    ben: Member,
    command: str,
    options: dict[str, object],
    sentence: str,
) -> None:
    refused = await (await ben.command(command, **options)).answer()

    assert refused["content"].startswith(sentence)
    assert refused["flags"] & EPHEMERAL
    assert not fake_generation.asked


async def test_discord_itself_refuses_counts_that_there_are_not(bot: OmokageBot, ben: Member) -> None:
    await ben.wait_for_bot("generate")
    for count in (0, 65):
        with pytest.raises(DriverError, match=r"1|64"):
            await ben.command("generate", count=count)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OmokageError(ErrorCode.NO_MODEL), "Nothing draws faces here yet."),
        (OmokageError(ErrorCode.UNKNOWN_MODEL, model="gan 9", known="dcgan v3"), "There is no model “gan 9” here."),
        (OmokageError(ErrorCode.NO_ENCODER, model="dcgan v3", known="vae v1"), "dcgan v3 draws faces, but cannot"),
        (OmokageError(ErrorCode.UNKNOWN_TRAIT, trait="horns", known="smile"), "The model does not know “horns”."),
        (OmokageError(ErrorCode.NO_FACE), "I found no face in this picture."),
    ],
)
async def test_what_cannot_be_drawn_is_said_in_words(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member, error: OmokageError, sentence: str
) -> None:
    fake_generation.error = error

    refused = await (await ben.command("generate", count=1)).wait_for(lambda message: bool(message["content"]))

    assert refused["content"].startswith(sentence)
    assert refused["flags"] & EPHEMERAL


async def test_faces_are_drawn_in_japanese_for_a_japanese_member(
    bot: OmokageBot, fake_generation: FakeGeneration, chie: Member
) -> None:
    answer = await shown(await chie.command("generate", count=8, seed=41))

    assert said(answer).startswith("実在しない顔 8枚\nシード **41** ～ **48**")
    assert buttons(answer)[:2] == ["🎲 別の顔", "🎞️ アニメーション"]


@pytest.mark.usefixtures("shipped")
async def test_the_models_that_there_are_are_offered(
    bot: OmokageBot, fake_generation: FakeGeneration, ben: Member
) -> None:
    offered = await ben.autocomplete("generate", "model", "dcg")

    assert offered == [{"name": "starter dcgan", "value": "starter dcgan"}]
