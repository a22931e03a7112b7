"""What a community does to train: import or name faces, start, watch, pause, promote; a killed worker costs nothing.

With OMOKAGE_SCREENSHOTS=FOLDER the chat's pictures are kept there.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.helpers.running_product import Running
from portraits import default_people
from sandbox.driver import Driver, Invocation, Member
from sandbox.types import Json
from sandbox.world.fixtures import GUILD_ID
from tests.e2e.product import call_off_checks, force, jpeg, keep, number_in, omokage, said, version_in

# Others than those whom the files beside this one train on: what one file trains must know nobody of another's.
PEOPLE, NAMED = (7, 8, 9), (4, 5)
EACH = 8
# A step of the smallest network takes hundredths of a second, a busy machine's ten times that; the run is paused on
# its way, so it only has to be long enough to be seen moving.
STEPS, BATCH = 600, 16
PATIENCE_S = 90.0  # for a worker to load TensorFlow, and for each stage of the training, on a machine with other work
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn people, a folder for each."""
    folder = tmp_path_factory.mktemp("album")
    for person in [default_people()[person_id - 1] for person_id in PEOPLE]:
        (folder / person.name).mkdir()
        for seed in range(EACH):
            (folder / person.name / f"{seed}.jpg").write_bytes(jpeg(person.id, seed))
    return folder


def kill_trainer(product: Running) -> None:
    """SIGKILL, to all processes of the gpu worker."""
    record = json.loads((product.data / "run" / "processes.json").read_text("utf-8"))
    os.killpg(record["processes"]["gpu-worker"], signal.SIGKILL)


def step_in(message: Json) -> int:
    match = re.search(r"step ([\d,]+) of", said(message))
    return int(match[1].replace(",", "")) if match else -1


def is_board(message: Json, number: int) -> bool:
    return said(message).startswith(f"Training #{number} ")


def steps_shown(member: Member, number: int) -> list[int]:
    """Of every version of the run's message so far."""
    posts = [frame["d"] for frame in member.frames if frame["t"] in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}]
    return [step_in(message) for message in posts if message["embeds"] and is_board(message, number)]


async def board(member: Member, number: int, text: str, at_least: int = 0) -> Json:
    """The run's message, once it says this at or behind a step."""
    return await member.wait_for(
        lambda m: is_board(m, number) and text in said(m) and step_in(m) >= at_least, timeout=PATIENCE_S
    )


async def test_a_community_trains_a_recogniser_that_then_answers(product: Running, album: Path) -> None:
    # Given pictures of people, imported by the operator
    imported = omokage(product, "data", "import", str(album), "--name", "album", "--guild", GUILD_ID)
    assert f"album v1: {len(PEOPLE) * EACH} pictures of {len(PEOPLE)} people" in imported
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko", locale="en-US")  # whatever she spoke before
        await aiko.wait_for_bot("train", timeout=PATIENCE_S)
        # When a moderator starts a training
        interaction = await aiko.command(
            "train start", kind="recogniser", preset="slim", size=32, steps=STEPS, batch=BATCH
        )
        number = number_in(await interaction.answer(timeout=PATIENCE_S))
        # Then its message moves
        live = await board(aiko, number, "🏋️ Training", at_least=1)
        # When it is paused, its worker is killed, and it is resumed
        await aiko.click(live, "Pause")
        await keep(product, "live")
        paused = await board(aiko, number, "⏸️ Paused")
        assert 0 < step_in(paused) < STEPS
        assert (await driver.download(paused["embeds"][0]["image"]["url"])).startswith(b"\x89PNG")
        kill_trainer(product)
        await aiko.click(paused, "Resume")
        # Then it goes on from there to its end, in the same message
        done = await board(aiko, number, "✅ Finished", at_least=STEPS)
        call_off_checks(product)
        await keep(product, "finished")
        shown = steps_shown(aiko, number)
        assert done["id"] == paused["id"] == live["id"]
        assert len(set(shown)) >= 3
        assert shown == sorted(shown)
        # Then the version has a card, and its evaluation
        card = await (await aiko.click(done, "Card")).answer(timeout=PATIENCE_S)
        version = version_in(done)
        assert card["embeds"][0]["title"] == f"{version} (cnn slim)"
        interaction = await aiko.command("model evaluate", version=int(version.split("v")[1]))
        report = await interaction.wait_for(lambda m: bool(m["embeds"]), timeout=PATIENCE_S)
        await keep(product, "report")
        assert said(report).startswith(f"{version} (cnn slim): right in ")
        for frame in report["embeds"][:2]:
            assert (await driver.download(frame["image"]["url"])).startswith(b"\x89PNG")
        people = await (await aiko.click(report, "People")).answer()
        assert len(people["embeds"][0]["description"].splitlines()) == len(PEOPLE)
        # When it is promoted, with a reason where it is worse than what needs no training
        await promote(aiko, done)
        # Then answers come from it
        photo = ("photo.jpg", jpeg(PEOPLE[0], EACH + 1))
        answer = await (await aiko.command("classify", photo=photo)).wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)
        await keep(product, "classified")
        assert answer["embeds"][0]["footer"]["text"].startswith(f"{version} (cnn slim) · ")


async def promote(member: Member, done: Json) -> None:
    pressed = await member.click(done, "Let it answer")
    told = await pressed.wait_for(lambda m: bool(m["content"]), PATIENCE_S)
    if "answers from now on" not in told["content"]:
        await force(member, told, "answers from now on")


async def name_face(member: Member, person_id: int, seed: int) -> None:
    """Classify a portrait and say who it is: by the list of those who are known, or by a form."""
    name = default_people()[person_id - 1].name
    interaction = await member.command("classify", photo=("photo.jpg", jpeg(person_id, seed)))
    answer = await interaction.wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)
    form = await opened(member, await member.click(answer, "face:who:"), name)
    if form is not None:
        await member.submit(form, {"name": name})
    await member.wait_for(lambda m: m["id"] == answer["id"] and f"**{name}** ✓" in said(m))


async def opened(member: Member, pressed: Invocation, name: str) -> Json | None:
    """The form for a name; where people are known, by the list of them. None: he was in the list."""
    while not any(frame["t"] == "MODAL_OPEN" for frame in pressed.frames):
        if pressed.messages:
            return await from_list(member, pressed.messages[0], name)
        await asyncio.sleep(0.05)
    return await pressed.modal()


async def from_list(member: Member, message: Json, name: str) -> Json | None:
    """Choose somebody who is known; the form for a new name where nobody of this name is."""
    [select] = [one for row in message["components"] for one in row["components"]]
    known = [option["value"] for option in select["options"] if option["label"] == name]
    chosen = await member.select(message, 0, known[0] if known else "new")
    return None if known else await chosen.modal()


@pytest.fixture
def named(product: Running) -> Iterator[tuple[int, ...]]:
    """People whom the guild does not know before the test, and has forgotten after it."""
    yield NAMED
    for person_id in NAMED:
        omokage(product, "people", "remove", default_people()[person_id - 1].name, "--guild", GUILD_ID, "--yes")


async def test_faces_that_were_named_in_the_chat_are_trained_on(product: Running, named: tuple[int, ...]) -> None:
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko", locale="ja")
        await aiko.wait_for_bot("train", timeout=PATIENCE_S)
        # Given two people whom members have named in three photos each
        for person_id in named:
            for seed in range(3):
                await name_face(aiko, person_id, seed)
        # When their faces are frozen as a data set, and trained on
        interaction = await aiko.command("train snapshot")
        made = await interaction.wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)
        assert "**labels v1**：2人、写真6枚（1人あたり3枚）" in said(made)
        await aiko.click(made, "これで学習する")
        # Then seconds later there is a version
        done = await aiko.wait_for(lambda m: "embedding" in said(m) and "✅ 完了しました" in said(m), PATIENCE_S)
        call_off_checks(product)
        card = await (await aiko.click(done, "カード")).answer(timeout=PATIENCE_S)
        await keep(product, "japanese")
        assert "(embedding)" in card["embeds"][0]["title"]
