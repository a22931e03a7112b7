"""What anybody does first with drawn faces: `/generate` on a fresh machine; then a generator of one's own.

With OMOKAGE_SCREENSHOTS=FOLDER the chat's pictures are kept there.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect

from benchmarks.helpers.running_product import Running
from core.starter.models import starter_names
from portraits.random_people import draw_random_person, random_person
from sandbox.driver import Driver, Member
from sandbox.types import Json
from sandbox.world.fixtures import GUILD_ID
from tests.e2e.chromium import chromium_page
from tests.e2e.product import force, keep, number_in, omokage, said, version_in

PICTURES = 104  # a hundred are the fewest that a generator may be trained on
PATIENCE_S = 150.0  # for a worker to load TensorFlow, and for the training, on a machine with other work
# How many frames a picture has, as the browser decodes it.
FRAMES = """async (url) => {
  const decoder = new ImageDecoder({data: await (await fetch(url)).arrayBuffer(), type: "image/webp"});
  await decoder.tracks.ready;
  return decoder.tracks.selectedTrack.frameCount;
}"""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def page(product: Running) -> Iterator[Page]:
    with chromium_page(f"{product.url}/?as=aiko", 1280, 1400) as opened:
        yield opened


@pytest.fixture(scope="module")
def faces(product: Running, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Drawn portraits without names, imported by the operator: the data set's name."""
    folder = tmp_path_factory.mktemp("portraits")
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(draw_portrait, [folder / f"{seed}.jpg" for seed in range(PICTURES)]))
    imported = omokage(product, "data", "import", str(folder), "--name", "faces", "--unlabelled", "--guild", GUILD_ID)
    assert f"faces v1: {PICTURES} pictures" in imported
    return "faces"


def draw_portrait(file: Path) -> None:
    Image.fromarray(draw_random_person(random_person(int(file.stem)))).save(file, quality=92)


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("OMOKAGE_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(500)  # the last picture's decoding
        page.screenshot(path=Path(folder) / f"{name}.png")


def saying(page: Page, text: str) -> Locator:
    result = page.get_by_test_id("message").filter(has_text=text)
    expect(result).to_have_count(1, timeout=1000 * PATIENCE_S)
    return result


def picture_of(message: Locator) -> Locator:
    image = message.locator(".embed img")
    expect(image).to_be_visible()
    image.evaluate("image => image.decode()")
    return image


def test_a_fresh_machine_draws_faces_variations_and_a_film(page: Page) -> None:
    # When somebody asks for eight faces
    composer = page.get_by_test_id("composer")
    composer.fill("/generate")
    composer.press("Enter")
    page.locator('[data-option="count"]').get_by_role("textbox").fill("8")
    page.get_by_test_id("send").click()
    # Then they are there, in rows
    grid = saying(page, "8 faces that never were")
    assert starter_names()[0] in grid.inner_text()
    assert picture_of(grid).evaluate("image => image.naturalWidth") > 300
    shoot(page, "generate")
    # When variations of the first are asked for, and a film through all of them
    grid.get_by_text("🧬 Variations of …").click()
    page.get_by_role("option").first.click()
    likes = saying(page, "8 variations of face")
    picture_of(likes)
    grid.get_by_role("button", name="Film").click()
    # Then the film moves in the chat
    film = saying(page, "A film through 8 faces")
    image = picture_of(film)
    assert page.evaluate(FRAMES, image.get_attribute("src")) > 50
    image.scroll_into_view_if_needed()
    before = image.screenshot()
    page.wait_for_timeout(700)
    assert image.screenshot() != before
    shoot(page, "film")


async def answered(member: Member, path: str, **options: object) -> Json:
    interaction = await member.command(path, **options)
    return await interaction.wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)


def picture_in(message: Json) -> str:
    url: str = message["embeds"][0]["image"]["url"]
    return url


async def test_photos_become_each_other_on_a_fresh_machine(product: Running, tmp_path: Path) -> None:
    photos = []
    for seed in (1, 2):
        draw_portrait(tmp_path / f"{seed}.jpg")
        photos.append((f"{seed}.jpg", (tmp_path / f"{seed}.jpg").read_bytes()))
    async with Driver(product.url) as driver:
        ben = await driver.member("ben")
        await ben.wait_for_bot("morph", timeout=PATIENCE_S)
        morph = await answered(ben, "morph", **{"a-photo": photos[0], "b-photo": photos[1]})
        film, strip = [await driver.download(frame["image"]["url"]) for frame in morph["embeds"]]
        assert (film[:4], strip[:4]) == (b"RIFF", b"\x89PNG")
        # And a trait that the product's model knows is seen in a photo's face
        sums = [
            await answered(ben, "mix", **{"add-photo": photos[0], **traits}) for traits in ({}, {"traits": "glasses 2"})
        ]
        plain, glasses = [Image.open(io.BytesIO(await driver.download(picture_in(one)))) for one in sums]
        assert plain.size == glasses.size
        assert ImageChops.difference(plain.convert("L"), glasses.convert("L")).getextrema()[1] > 60


async def trained(member: Member, data: str, **options: object) -> tuple[Json, Json]:
    """Start a training and wait for its end: the private answer, and the training's message."""
    await member.wait_for_bot("train", timeout=PATIENCE_S)
    interaction = await member.command("train start", kind="dcgan", preset="small", data=data, batch=8, **options)
    begun = await interaction.answer(timeout=PATIENCE_S)
    title = f"Training #{number_in(begun)} "
    return begun, await member.wait_for(lambda m: title in said(m) and "✅ Finished" in said(m), 2 * PATIENCE_S)


async def test_a_community_trains_a_generator_that_then_draws(product: Running, faces: str) -> None:
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko")
        # When a moderator trains a generator on pictures without names
        begun, done = await trained(aiko, faces, steps=20)
        # Then its message shows curves and a sheet, and what it made
        assert "⚠️ With fewer than 1,000 pictures the model will partly copy them." in begun["content"]
        version = version_in(done)
        assert f"It made **{version}**: KID (dlib) **" in said(done)
        assert done["embeds"][1]["title"] == f"What training #{number_in(begun)} makes"
        for frame in done["embeds"]:
            assert (await driver.download(frame["image"]["url"])).startswith(b"\x89PNG")
        await keep(product, "generator")
        # And that twenty steps are too few for a face, so it is not offered to draw
        assert "⚠️ No face is found in any of its pictures" in said(done)
        assert labels_of(done) == ["Card"]
        # When a moderator insists
        interaction = await aiko.command("model promote", version=int(version.split("v")[1]), kind="dcgan")
        refused = await interaction.answer(timeout=PATIENCE_S)
        assert refused["content"].startswith("No face is found in any picture that this version draws.")
        await force(aiko, refused, "draws from now on")
        # Then it draws, the same faces for the same seed, and shows what it has seen that is like them
        grids = [await answered(aiko, "generate", count=4, seed=7) for _ in range(2)]
        sheets = [await driver.download(grid["embeds"][0]["image"]["url"]) for grid in grids]
        assert grids[0]["embeds"][0]["footer"]["text"].startswith(f"{version} (dcgan small) · ")
        assert sheets[0] == sheets[1]
        near = await aiko.select(grids[0], "drawn:near", "Face 9")
        nearest = await near.wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)
        assert said(nearest).startswith("The training pictures that face 9 is most like\n**1** ")
        morph = await answered(aiko, "morph", **{"a-seed": 1, "b-seed": 2})
        assert (await driver.download(morph["embeds"][0]["image"]["url"])).startswith(b"RIFF")
        await keep(product, "morph")


def labels_of(message: Json) -> list[str]:
    return [button["label"] for row in message["components"] for button in row["components"]]


@pytest.mark.long
async def test_a_training_that_collapses_goes_back_to_its_best_and_says_so(product: Running, faces: str) -> None:
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko")
        # When a generator is trained with steps a thousand times too large, which no processor's arithmetic survives:
        # it is dead from its first evaluation on or soon after, and its gradients are nought from there
        options = {"steps": 300, "learning-rate": 0.5, "augment": 0.0}
        _, done = await trained(aiko, faces, **options)
        # Then it ends before its last step, and says why, with the curves that show it
        text = said(done)
        assert "🛟 It ended by itself at step " in text
        back = re.search(r"It went back to step (\d+), with KID \(dlib\) ", text)
        assert back is not None
        assert (await driver.download(done["embeds"][0]["image"]["url"])).startswith(b"\x89PNG")
        # And it is not offered to draw
        assert "⚠️ No face is found in any of its pictures" in text
        assert labels_of(done) == ["Card"]
        await keep(product, "collapsed")
        # And what it leaves behind is what it was at its best
        card = await (await aiko.click(done, "Card")).answer(timeout=PATIENCE_S)
        assert {"name": "Best step", "value": back[1], "inline": True} in card["embeds"][0]["fields"]
