"""The product's own reader, recogniser and pictures: who was named in one photo is known in the next."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from core.bootstrap import Services, build, build_classifier
from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import box_iou
from core.domain.jobs import JobState
from core.domain.people import FaceRef
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.runs import RunKind
from core.models.common import weights_file
from core.models.embedding.head import ARCHITECTURE, head_tensors, train_head
from core.services.recognition.service import ClassifyService
from core.settings import Settings
from core.vision.age.estimate import AGE_ERROR
from portraits import StarterPicture, default_people, group
from tests.integration.core.builders import CHANNEL, GUILD, Clock, request
from tests.integration.core.registry.builders import Trained

PEOPLE = default_people()[:5]
pytestmark = pytest.mark.slow


@dataclass
class Bot:
    """Bot and worker in one: a photo in, an answer out."""

    services: Services
    classifier: ClassifyService
    posted: int = 0

    def post(self, photo: bytes, guild: int = GUILD) -> ClassifyResult:
        self.posted += 1
        jobs, job_id = self.services.jobs, self.posted
        jobs.receive(request(job_id, guild))
        jobs.submit(job_id, self.services.blobs.put(photo))
        job = jobs.leases.claim(job_id, "worker")
        assert job is not None
        outcome = self.classifier.classify(job, lambda *_: None, lambda: False)
        assert jobs.leases.finish(job_id, "worker", outcome.result.to_json(), outcome.faces)
        stored = jobs.get(job_id)
        assert stored.state is JobState.DONE
        assert stored.result is not None
        return ClassifyResult.from_json(stored.result)

    def say(self, number: int, name: str, guild: int = GUILD) -> int:
        """Of the last photo."""
        face = FaceRef(self.posted, number)
        said = self.services.people.name_face(
            face, guild, name, by=1, channel_id=CHANNEL, message_id=None, source="this-is"
        )
        return said.id

    def not_this(self, number: int, person_id: int, guild: int = GUILD) -> None:
        """Of the last photo."""
        face = FaceRef(self.posted, number)
        self.services.people.reject(
            face, guild, person_id, by=1, channel_id=CHANNEL, message_id=None, source="not-this-person"
        )

    def show(self, picture: StarterPicture, guild: int) -> ClassifyResult:
        """Post a picture and say whom each of its faces shows."""
        answer = self.post(saved(picture), guild)
        for face in answer.faces:
            name = truly(face, picture)
            assert name is not None
            self.say(face.number, name, guild)
        return answer


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    settings = Settings.from_env({"OMOKAGE_DATA": str(tmp_path_factory.mktemp("data"))})
    services = build(settings, lambda *_: None)
    classifier = build_classifier(services)
    classifier.warm_up()
    yield Bot(services, classifier)
    classifier.close()
    services.close()


def saved(picture: StarterPicture, quality: int = 90) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture.image).save(out, "JPEG", quality=quality)
    return out.getvalue()


def truly(face: FaceAnswer, picture: StarterPicture) -> str | None:
    """Whom the face shows, as the picture's own boxes tell."""
    shares = [(box_iou(face.box, box), person.name) for box, person in zip(picture.boxes, picture.people, strict=True)]
    share, name = max(shares)
    return name if share > 0.3 else None


def test_who_was_named_in_one_photo_is_named_in_the_next(bot: Bot) -> None:
    for seed in (11, 12):  # "This is ...", on two photos
        picture = group(PEOPLE, seed)
        answer = bot.post(saved(picture))
        assert len(answer.faces) == len(PEOPLE)
        for face in answer.faces:
            name = truly(face, picture)
            assert name is not None
            bot.say(face.number, name)

    picture = group(PEOPLE, 13)
    answer = bot.post(saved(picture))
    named = [(face.name, truly(face, picture)) for face in answer.faces]
    right = [given for given, true in named if given == true]
    assert len(right) >= 4, named
    assert all(given in {true, None} for given, true in named), named
    assert len(set(right)) == len(right)
    assert answer.model == f"{EMBEDDING_NAME}+mean-embedding-1"
    assert Image.open(io.BytesIO(bot.services.blobs.get(answer.picture))).size == (1024, 768)

    # Another guild knows none of them.
    assert [face.name for face in bot.post(saved(picture), guild=GUILD + 1).faces if face.name] == []

    # "Not this person" holds for the same photo and for a copy that was saved again.
    answer = bot.post(saved(picture))
    first = answer.faces[0]
    assert first.person_id is not None
    bot.not_this(1, first.person_id)
    for photo in (saved(picture), saved(picture, quality=75)):
        again = bot.post(photo)
        assert truly(first, picture) not in {face.name for face in again.faces}


def test_a_guild_that_chose_it_is_answered_how_old_faces_look(bot: Bot) -> None:
    guild, photo = GUILD + 6, saved(group(PEOPLE, 13))
    answer = bot.post(photo, guild)
    assert ({face.age for face in answer.faces}, answer.age_error) == ({None}, None)

    bot.services.guilds.set_age_answers(guild, 1, True)
    answer = bot.post(photo, guild)
    assert len(answer.faces) == len(PEOPLE)
    assert all(face.age is not None and 0 < face.age < 90 for face in answer.faces)
    assert answer.age_error == AGE_ERROR


def test_a_promoted_version_answers_at_the_next_photo_and_is_taken_back_at_the_next(bot: Bot) -> None:
    guild, registry = GUILD + 5, bot.services.registry
    for seed in (21, 22, 23, 24):
        bot.show(group(PEOPLE, seed), guild)
    registry.promote(trained_on_what_is_known(bot, guild).id, 1)

    picture = group(PEOPLE, 25)
    answer = bot.post(saved(picture), guild)
    assert answer.model == "recogniser v1 (embedding)"
    named = [(face.name, truly(face, picture)) for face in answer.faces]
    assert all(given in {true, None} for given, true in named), named
    assert len([given for given, true in named if given == true]) >= 4, named

    # A correction holds against the version, too.
    first = answer.faces[0]
    assert first.person_id is not None
    bot.not_this(1, first.person_id, guild)
    again = bot.post(saved(picture), guild)
    assert first.name not in {face.name for face in again.faces}
    assert again.model == answer.model

    # People whom the guild met after the training are known by the method that needs none.
    newcomers = default_people()[5:7]
    for seed in (31, 32, 33):
        bot.show(group(newcomers, seed), guild)
    met = group(newcomers, 35)
    answer = bot.post(saved(met), guild)
    assert answer.model == "recogniser v1 (embedding)"
    named = [(face.name, truly(face, met)) for face in answer.faces]
    assert all(given in {true, None} for given, true in named), named
    assert any(given == true for given, true in named), named

    registry.rollback(guild, RunKind.RECOGNISER, 1)
    assert bot.post(saved(picture), guild).model == f"{EMBEDDING_NAME}+mean-embedding-1"


def turned(picture: StarterPicture, degrees: int) -> bytes:
    """A photo whose camera was held so, and that does not say how."""
    out = io.BytesIO()
    Image.fromarray(picture.image).rotate(degrees, expand=True).save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_photo_on_its_side_is_answered_upright_with_the_names_that_it_has_when_it_stands(bot: Bot) -> None:
    guild, picture = GUILD + 10, group(PEOPLE[:2], 41)
    bot.show(picture, guild)

    for degrees in (90, 180, 270):
        answer = bot.post(turned(picture, degrees), guild)
        assert (answer.turned, answer.width, answer.height) == (degrees, 1024, 768)
        assert Image.open(io.BytesIO(bot.services.blobs.get(answer.picture))).size == (1024, 768)
        assert sorted(face.name or "" for face in answer.faces) == sorted(person.name for person in PEOPLE[:2])
        assert all(face.name == truly(face, picture) for face in answer.faces)

    # What is said about a face of such a photo holds when it is posted again.
    first, second = answer.faces
    assert first.person_id is not None
    bot.not_this(1, first.person_id, guild)
    bot.say(2, "Somebody", guild)
    again = {(face.box.x, face.box.y): face for face in bot.post(turned(picture, 270), guild).faces}
    assert again[first.box.x, first.box.y].name != first.name
    confirmed = again[second.box.x, second.box.y]
    assert (confirmed.name, confirmed.confirmed_by) == ("Somebody", 1)


def trained_on_what_is_known(bot: Bot, guild: int) -> Version:
    """The embedding head of the guild's labelled faces, as a version."""
    rows = bot.services.people.gallery.enrolled(guild)
    place = {person_id: index for index, person_id in enumerate(rows.person_ids)}
    embeddings = np.frombuffer(b"".join(rows.embeddings), "<f4").reshape(-1, 256)
    head = train_head(embeddings, np.array([place[owner] for owner in rows.owners]), len(place))
    weights = weights_file.dump(head_tensors(*head), {"architecture": ARCHITECTURE, "embedder": EMBEDDING_NAME})
    classes = tuple(zip(rows.names, rows.person_ids, strict=True))
    config = {"head": "embedding", "preset": "embedding"}
    draft = VersionDraft(ARCHITECTURE, config, classes, {"folds": {"0": 1.0}}, (), weights)
    trained = Trained(bot.services.database, bot.services.registry, Clock())
    dataset = trained.dataset(guild)
    return bot.services.registry.register(trained.run(dataset), dataset, draft)
