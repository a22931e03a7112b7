"""Fooling a recogniser in the chat, and the proof: what was posted is downloaded again, and judged again.

With OMOKAGE_SCREENSHOTS=FOLDER the chat's pictures are kept there.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.helpers.running_product import Running
from core.bootstrap import Services, build, build_classifier
from core.domain.faces import RecognisedFace
from core.domain.jobs import JobState
from core.domain.optimisation import OptimizeMode, OptimizeResult, Prediction
from core.domain.training.runs import RunKind
from core.models.families import load_head
from core.services.recognition.service import ClassifyService
from core.settings import Settings
from core.vision.recognition.mean_embedding import Head
from core.vision.recognition.photo_reader import PhotoReader, load_photo_reader
from portraits import default_people
from sandbox.driver import Driver, Invocation, Member
from sandbox.types import Json
from sandbox.world.fixtures import GUILD_ID
from tests.e2e.product import call_off_checks, keep, omokage, said
from tests.e2e.product import jpeg as portrait_of

GUILD = int(GUILD_ID)
PEOPLE, EACH = 3, 8
NAMES = [person.name for person in default_people()[:PEOPLE]]
PATIENCE_S = 150.0  # for a worker to load TensorFlow and compile, on a machine with other work
CNN = ("--preset", "slim", "--size", "32", "--steps", "300", "--batch", "16")  # the smallest: seconds
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def people(product: Running, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Drawn people, imported by the operator: the data set's name."""
    folder = tmp_path_factory.mktemp("album")
    for person_id, name in enumerate(NAMES, 1):
        (folder / name).mkdir()
        for seed in range(EACH):
            (folder / name / f"{seed}.jpg").write_bytes(portrait_of(person_id, seed))
    omokage(product, "data", "import", str(folder), "--name", "people", "--guild", GUILD_ID)
    return "people"


@dataclass(frozen=True)
class Proof:
    """The product's own storage, `/classify`'s own service, and the head that serves, in this process."""

    services: Services
    classifier: ClassifyService
    reader: PhotoReader

    def head(self) -> Head:
        version = self.services.registry.serving(GUILD, RunKind.RECOGNISER)
        assert version is not None
        return load_head(version, self.services.registry.weights(version))

    def made(self, asked: Invocation) -> OptimizeResult:
        job: Any = self.services.jobs.get(int(asked.id))
        assert job.state is JobState.DONE, job.failure
        return OptimizeResult.from_json(job.result)


@pytest.fixture(scope="module")
def proof(product: Running) -> Iterator[Proof]:
    services = build(Settings.from_env({"OMOKAGE_DATA": str(product.data)}), lambda *_: None)
    with closing(services), closing(build_classifier(services)) as classifier, closing(load_photo_reader()) as reader:
        yield Proof(services, classifier, reader)


def serve(product: Running, *training: str) -> None:
    """Train a recogniser and let it answer, as the operator does."""
    trained = omokage(product, "train", "recogniser", "--data", "people", "--guild", GUILD_ID, *training)
    call_off_checks(product)
    number = re.search(r"made recogniser v(\d+)", trained)
    assert number is not None, trained
    omokage(product, "model", "promote", number[1], "--guild", GUILD_ID, "--force", "to try it out")


@pytest.fixture(scope="module")
def embedding(product: Running, people: str) -> None:
    """The head that compares embeddings answers."""
    serve(product, "--preset", "embedding")


@pytest.fixture(scope="module")
def cnn(product: Running, embedding: None) -> None:
    """A CNN from scratch answers; before it the other head did."""
    serve(product, *CNN)


async def optimize(member: Member, **options: Any) -> Invocation:
    await member.wait_for_bot("optimize", timeout=PATIENCE_S)
    return await member.command("optimize", **options)


async def answered(asked: Invocation) -> Json:
    return await asked.wait_for(lambda m: bool(m["embeds"] and m["embeds"][0].get("footer")), 2 * PATIENCE_S)


async def downloaded(driver: Driver, answer: Json) -> bytes:
    """The file that members can download."""
    [file] = [one for one in answer["attachments"] if one["filename"] == "picture.png"]
    return await driver.download(file["url"])


def photo(person_id: int, seed: int = EACH + 1) -> tuple[str, bytes]:
    """One that the recogniser has not seen."""
    return "photo.jpg", portrait_of(person_id, seed)


def check_promise(proof: Proof, posted: bytes, promised: Prediction) -> None:
    """`/classify`'s own service says of the posted bytes what the answer says that it does."""
    result = proof.classifier.recognise(posted, GUILD).faces
    if not promised.found:
        assert not result
        check_closed(proof, posted, promised)
        return
    [face] = [one for one in result if one.candidates[0].name == promised.top[0].name]
    check_face(face, promised)


def check_face(face: RecognisedFace, promised: Prediction) -> None:
    """Chances in an answer leave room for "unknown"; the verdict's are as if it had to be somebody."""
    known = 1 - promised.unknown
    assert (face.named.name if face.named else None) == promised.named
    assert [candidate.name for candidate in face.candidates] == [one.name for one in promised.top]
    for seen, told in zip(face.candidates, promised.top, strict=True):
        assert seen.probability == pytest.approx(told.probability * known, abs=1e-6)


def check_closed(proof: Proof, posted: bytes, promised: Prediction) -> None:
    """Where no face is found, the whole picture is taken for one."""
    pixels = np.array(Image.open(io.BytesIO(posted)))
    head = proof.head()
    chances = dict(zip(head.classes, head.known(proof.reader.whole(pixels))[0], strict=True))
    for told in promised.top:
        assert chances[told.name, told.person_id] == pytest.approx(told.probability, abs=1e-6)


async def fooled(product: Running, proof: Proof, name: str) -> OptimizeResult:
    """A photo of the first is taken for the second, who is not in it."""
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko", locale="en-US")  # whatever she spoke before
        # When the first one's photo is to be the second one
        asked = await optimize(aiko, target=NAMES[1], photo=photo(1))
        answer = await answered(asked)
        await keep(product, name)
        # Then what is posted is to the bit what was judged, within eight levels of what was sent
        made, posted = proof.made(asked), await downloaded(driver, answer)
        assert posted == proof.services.blobs.get(str(made.picture))
        assert np.array(Image.open(io.BytesIO(posted))).dtype == np.uint8
        assert made.norms is not None
        assert 0 < made.norms.linf <= 8
        # And `/classify` names him as before, and now as the second one, just as the answer says
        assert made.before is not None
        assert made.after is not None
        assert made.before.named == NAMES[0]
        assert made.after.named == NAMES[1]
        assert said(answer).startswith(f"To us it shows the same person as before. The recogniser says: {NAMES[1]}")
        check_promise(proof, posted, made.after)
        # And a member who asks "Who is this?" of that message gets the name
        asked = await aiko.menu("Who is this?", answer)
        told = await asked.wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)
        assert f"**{NAMES[1]}**" in said(told)
        return made


@pytest.mark.usefixtures("embedding")
async def test_a_photo_is_taken_for_somebody_else(product: Running, proof: Proof) -> None:
    made = await fooled(product, proof, "fool-embedding")

    assert made.transfer == ()  # there is no other head yet


@pytest.mark.usefixtures("embedding")
@pytest.mark.parametrize(("mode", "steps"), [(OptimizeMode.NOISE, 40), (OptimizeMode.DREAM, 20)])
async def test_a_picture_of_nobody_is_taken_for_somebody(
    product: Running, proof: Proof, mode: OptimizeMode, steps: int
) -> None:
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko")
        asked = await optimize(aiko, target=NAMES[2], mode=mode.value, steps=steps, seed=4)
        answer = await answered(asked)
        await keep(product, f"{mode}-embedding")
        made, posted = proof.made(asked), await downloaded(driver, answer)
        assert hashlib.sha256(posted).hexdigest() == made.picture
        assert made.after is not None
        assert made.after.target > 0.5
        assert NAMES[2] in said(answer)
        check_promise(proof, posted, made.after)


@pytest.mark.usefixtures("embedding")
async def test_what_was_stopped_goes_on_from_where_it_was(product: Running, proof: Proof) -> None:
    async with Driver(product.url) as driver:
        aiko = await driver.member("aiko", locale="ja")
        # Given an optimisation that takes minutes
        asked = await optimize(aiko, target=NAMES[1], mode="dream", steps=2000, seed=1)
        live = await asked.wait_for(lambda m: bool(m["embeds"]) and "ステップ" in m["content"], PATIENCE_S)
        assert (await driver.download(live["embeds"][0]["image"]["url"])).startswith(b"\x89PNG")
        await keep(product, "optimize-live")
        # When somebody has seen enough
        await aiko.click(live, "停止")
        answer = await answered(asked)
        await keep(product, "optimize-stopped")
        # Then what there is by then is posted, in the same message
        first = proof.made(asked)
        assert answer["id"] == live["id"]
        assert first.stopped
        assert 0 < first.steps < 2000
        assert "途中で停止" in said(answer)
        # When it goes on, for a moment
        going_on = await aiko.click(answer, "▶️ 続ける")
        live = await going_on.wait_for(lambda m: bool(m["embeds"]) and "ステップ" in m["content"], PATIENCE_S)
        await aiko.click(live, "停止")
        further = await answered(going_on)
        # Then it began with that picture, and not with noise
        second = proof.made(going_on)
        job: Any = proof.services.jobs.get(int(going_on.id))
        assert job.params["so_far"] == first.picture
        assert second.curve[0][2] > first.curve[0][2]
        check_promise(proof, await downloaded(driver, further), second.after)  # type: ignore[arg-type]


@pytest.mark.long
@pytest.mark.usefixtures("cnn")
async def test_a_cnn_is_fooled_too_and_the_other_head_is_asked(product: Running, proof: Proof) -> None:
    made = await fooled(product, proof, "fool-cnn")

    assert "(cnn slim)" in made.model
    assert any(re.search(r"\(embedding\)", one.model) for one in made.transfer)
