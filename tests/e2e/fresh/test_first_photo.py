"""What a new user does: `omokage up`, a browser, a photo, names, another photo of the same people.

With OMOKAGE_SCREENSHOTS=FOLDER the chat's pictures are kept there; those of the README are made so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from benchmarks.helpers.running_product import Running
from core.bootstrap import build
from core.domain.classification import ClassifyResult
from core.settings import Settings
from portraits import StarterPicture, default_people, group
from tests.e2e.chromium import chromium_page

NAMES = ("Mina", "Otis", "Rosa", "Lukas")
PATIENCE_MS = 20_000
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def page(product: Running) -> Iterator[Page]:
    with chromium_page(f"{product.url}/?as=aiko") as opened:
        yield opened


def picture(seed: int, folder: Path) -> tuple[StarterPicture, Path]:
    """A group photo of the four, and its file."""
    people = [person for name in NAMES for person in default_people() if person.name == name]
    drawn = group(people, seed)
    file = folder / f"party-{seed}.jpg"
    Image.fromarray(drawn.image).save(file, quality=92)
    return drawn, file


def classify(page: Page, file: Path) -> Locator:
    """Use `/classify` as a person would; the message with the answer."""
    answers = page.get_by_test_id("message").filter(has_text=re.compile(r"job \d+"))
    before = answers.count()
    composer = page.get_by_test_id("composer")
    composer.fill("/classify")
    composer.press("Enter")
    page.get_by_test_id("file-input").set_input_files(file)
    page.get_by_test_id("send").click()
    expect(answers).to_have_count(before + 1, timeout=PATIENCE_MS)
    return page.locator(f'[data-id="{answers.last.get_attribute("data-id")}"]')


def who_is_where(product: Running, answer: Locator, truth: StarterPicture) -> dict[int, str]:
    """The people by the numbers that the bot drew, from where they stand."""
    job_id = int(re.search(r"job (\d+)", answer.inner_text())[1])
    services = build(Settings.from_env({"OMOKAGE_DATA": str(product.data)}), lambda *_: None)
    with closing(services):
        result = ClassifyResult.from_json(services.jobs.get(job_id).result)
    found = {}
    for box, name in zip(truth.boxes, names_of(truth), strict=True):
        middle = (box.x + box.w / 2, box.y + box.h / 2)
        [number] = [f.number for f in result.faces if inside(middle, (f.box.x, f.box.y, f.box.w, f.box.h))]
        found[number] = name
    return found


def names_of(truth: StarterPicture) -> Sequence[str]:
    return [person.name for person in truth.people]


def inside(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    return box[0] < point[0] < box[0] + box[2] and box[1] < point[1] < box[1] + box[3]


def name_face(page: Page, answer: Locator, number: int, name: str) -> None:
    """Press "This is …" and give a new name, below the list where people are known already."""
    answer.get_by_role("button", name=f"{number} This is").click()
    form = page.get_by_test_id("modal")
    expect(form).to_be_visible(timeout=PATIENCE_MS)
    form.get_by_role("textbox").fill(name)
    form.get_by_role("button", name="Submit").click()
    expect(answer).to_contain_text(name, timeout=PATIENCE_MS)
    expect(form).to_have_count(0)


def keep(page: Page, name: str) -> None:
    folder = os.environ.get("OMOKAGE_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(500)  # the last picture's decoding
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_people_who_were_named_are_named_in_the_next_photo(product: Running, page: Page, tmp_path: Path):
    # Given a photo of four people whom nobody has named
    truth, file = picture(1, tmp_path)
    answer = classify(page, file)
    expect(answer).to_contain_text("4 faces, but nobody I know")
    # When a moderator says who they are
    for number, name in sorted(who_is_where(product, answer, truth).items()):
        name_face(page, answer, number, name)
    # Then the next photo of them comes back with their names, each at its face
    truth, file = picture(2, tmp_path)
    answer = classify(page, file)
    for number, name in who_is_where(product, answer, truth).items():
        expect(answer).to_contain_text(re.compile(rf"{number} ?·? ?{name}"))
    keep(page, "web-chat")
    expect(answer.get_by_role("img")).to_have_count(1)
