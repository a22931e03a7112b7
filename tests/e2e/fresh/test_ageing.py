"""Ageing in the chat of a fresh machine: the model that comes with the product ages drawn people in a group photo."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.helpers.running_product import Running
from portraits import default_people, group
from sandbox.driver import Driver, Member
from sandbox.types import Json
from tests.e2e.product import keep, said

CAST = 3  # of the starter people in the photo
PATIENCE_S = 150.0  # for a worker to load TensorFlow and compile, on a machine with other work
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def jpeg(image: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=95)
    return out.getvalue()


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def scrawl() -> bytes:
    """A child's drawing of a face."""
    image = Image.new("RGB", (480, 480), (250, 245, 235))
    draw = ImageDraw.Draw(image)
    draw.ellipse((90, 60, 390, 420), outline=(40, 40, 40), width=6)
    for x in (180, 300):
        draw.ellipse((x - 22, 190, x + 22, 230), outline=(30, 30, 120), width=6)
    draw.line((240, 230, 230, 290, 250, 290), fill=(40, 40, 40), width=6)
    draw.arc((170, 280, 310, 370), 20, 160, fill=(160, 30, 30), width=8)
    return jpeg(np.asarray(image))


async def age(member: Member, photo: bytes, **options: Any) -> Json:
    await member.wait_for_bot("age", timeout=PATIENCE_S)
    requested = await member.command("age", photo=("photo.jpg", photo), **options)
    return await requested.wait_for(lambda m: bool(m["embeds"] and m["embeds"][0].get("footer")), 2 * PATIENCE_S)


async def test_a_group_photo_comes_back_with_its_faces_at_another_age_and_all_else_as_it_was(product: Running) -> None:
    photo = jpeg(group(default_people()[:CAST], 5).image)
    async with Driver(product.url) as driver:
        ben = await driver.member("ben")
        answer = await age(ben, photo, to=60)
        await keep(product, "age-group")
        posted = [file for file in answer["attachments"] if file["filename"].startswith("aged")]
        assert posted, said(answer)
        aged = pixels(await driver.download(posted[0]["url"]))
    changed = (aged != pixels(photo)).any(2)
    assert 0.001 < changed.mean() < 0.5
    assert not changed[:40].any()
    assert "For fun, not a prediction." in said(answer)


async def test_a_scrawl_stays_as_it_is_and_the_answer_says_why(product: Running) -> None:
    async with Driver(product.url) as driver:
        ben = await driver.member("ben")
        requested = await ben.command("age", photo=("scrawl.jpg", scrawl()), to=60)
        answer = await requested.wait_for(lambda m: "face" in f"{m['content']} {said(m)}", 2 * PATIENCE_S)
        await keep(product, "age-scrawl")
    assert not answer["attachments"]
