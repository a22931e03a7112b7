"""The product's own reader, recogniser and pictures: who was named in one photo is known in the next."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PIL import Image

from core.bootstrap import Services, build, build_classifier
from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.faces import overlap
from core.domain.jobs import JobState
from core.domain.people import FaceRef
from core.services.classify import ClassifyService
from core.settings import Settings
from core.starter import StarterPicture, cast, group
from tests.integration.core.parts import CHANNEL, GUILD, request

PEOPLE = cast()[:5]


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
        job = jobs.claim(job_id, "worker")
        assert job is not None
        outcome = self.classifier.classify(job, lambda *_: None, lambda: False)
        assert jobs.finish(job_id, "worker", outcome.result.to_json(), outcome.faces)
        stored = jobs.get(job_id)
        assert stored.state is JobState.DONE
        assert stored.result is not None
        return ClassifyResult.from_json(stored.result)

    def say(self, number: int, name: str) -> int:
        """Of the last photo."""
        face = FaceRef(self.posted, number)
        said = self.services.people.name_face(
            face, GUILD, name, by=1, channel_id=CHANNEL, message_id=None, source="this-is"
        )
        return said.id


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
    shares = [(overlap(face.box, box), person.name) for box, person in zip(picture.boxes, picture.people, strict=True)]
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
    assert answer.model == "dlib-resnet29-v1.align-1+mean-embedding-1"
    assert Image.open(io.BytesIO(bot.services.blobs.get(answer.picture))).size == (1024, 768)

    # Another guild knows none of them.
    assert [face.name for face in bot.post(saved(picture), guild=GUILD + 1).faces if face.name] == []

    # "Not this person" holds for the same photo and for a copy that was saved again.
    answer = bot.post(saved(picture))
    first = answer.faces[0]
    assert first.person_id is not None
    bot.services.people.reject(
        FaceRef(bot.posted, 1), GUILD, first.person_id, by=1, channel_id=CHANNEL, message_id=None, source="not"
    )
    for photo in (saved(picture), saved(picture, quality=75)):
        again = bot.post(photo)
        assert truly(first, picture) not in {face.name for face in again.faces}
