"""Which faces members are asked about: contributed ones, and those of the chat whose people may be learnt."""

from __future__ import annotations

import pytest

from core.domain.labelling.cards import CardRef
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import ChatLearning, Consent, FaceRef, Person
from core.domain.storage_limits import StorageLimits
from core.services.guilds import GuildService
from core.services.labelling.collector import Collector
from core.services.labelling.jobs import LabellingJobs
from core.services.people.editor import PeopleEditor
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.labelling_collection import (
    consent_to_learning,
    represented_faces,
    save_represented,
    withdraw_faces,
)
from core.storage.labelling_rows import open_faces
from core.vision.recognition.mean_embedding import make_recogniser
from tests.integration.core.builders import CHANNEL, GUILD
from tests.integration.core.labelling.builders import AIKO, BEN, OTHER, Guild, vote_count
from tests.integration.core.labelling.contributions import consent_of, contribute, point, post_in_chat

HARU, NATSU, STRANGER = 10, 20, 60  # dimensions of their embeddings
WHERE = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}


class Collection:
    """A guild whose recogniser knows Haru and Natsu, and its collector."""

    def __init__(self, guild: Guild, blobs: Blobs) -> None:
        self.guild = guild
        self.settings = GuildService(guild.database, guild.clock)
        self.editor = PeopleEditor(
            guild.database, RetentionService(guild.database, blobs, StorageLimits()), guild.clock
        )
        self.collector = Collector(guild.database, guild.people, self.settings, guild.labelling, make_recogniser)

    def know(self, name: str, at: int, guild_id: int = GUILD) -> Person:
        """Name five pictures of a person."""
        for seed in range(5):
            post_in_chat(self.guild, point(at, seed=seed), guild_id=guild_id)
            person = self.guild.people.name_face(FaceRef(self.guild.job_ids[-1], 1), guild_id, name, **WHERE)  # type: ignore[arg-type]
        return person

    def collect(self, guild_id: int = GUILD) -> int:
        """Answer a collect job; return how many faces are new."""
        job_id = LabellingJobs(self.guild.database, self.guild.jobs.dispatcher, self.guild.clock).collect(guild_id)
        new = self.collector.answer(self.guild.jobs.get(job_id))["new"]
        assert self.guild.jobs.leases.claim(job_id, "worker")
        assert self.guild.jobs.leases.finish(job_id, "worker", {"new": new}, ())
        return int(str(new))

    def open(self, guild_id: int = GUILD) -> dict[int, dict[int, float]]:
        with self.guild.database.read() as connection:
            return open_faces(connection, guild_id)

    def learn_from_chat(self, learning: ChatLearning) -> None:
        self.settings.set_chat_learning(GUILD, 1, learning)

    def agree(self, person: Person) -> None:
        """Let a person agree to be learnt who enrolled themselves."""
        with self.guild.database.write() as connection:
            consent_to_learning(connection, person.id, person.created_by)


@pytest.fixture
def collection(guild: Guild, blobs: Blobs) -> Collection:
    return Collection(guild, blobs)


def test_without_learning_from_the_chat_only_contributed_faces_are_asked_about(
    guild: Guild, collection: Collection
) -> None:
    haru = collection.know("Haru", HARU)
    collection.editor.record_public(GUILD, "Haru", listed=True)
    post_in_chat(guild, point(HARU, seed=9), point(STRANGER))
    contributed = contribute(guild, point(HARU, seed=8), point(STRANGER, seed=8), alone=())

    assert collection.collect() == 2
    assert set(collection.open()) == set(contributed)
    assert collection.open()[contributed[0]][haru.id] > 0.9
    assert collection.open()[contributed[1]][SOMEBODY_ELSE] > 0.9
    assert collection.collect() == 0  # they are up already


@pytest.mark.parametrize(
    ("learning", "asked"),
    [
        (ChatLearning.OFF, set()),
        (ChatLearning.PUBLIC, {"Haru"}),
        (ChatLearning.SELF, {"Natsu"}),
        (ChatLearning.BOTH, {"Haru", "Natsu"}),
    ],
)
def test_of_the_chat_only_faces_of_people_with_that_consent_are_asked_about(
    guild: Guild, collection: Collection, learning: ChatLearning, asked: set[str]
) -> None:
    collection.know("Haru", HARU)
    collection.know("Fuyu", 40)  # who has agreed to nothing
    collection.agree(collection.know("Natsu", NATSU))
    collection.editor.record_public(GUILD, "Haru", listed=True)
    collection.learn_from_chat(learning)
    faces = post_in_chat(guild, *(point(at, seed=9) for at in (HARU, NATSU, 40, STRANGER)))

    assert collection.collect() == len(asked)
    assert set(collection.open()) == {
        face_id for face_id, name in zip(faces, ("Haru", "Natsu", "Fuyu", "?"), strict=True) if name in asked
    }


def test_faces_of_the_chat_are_withdrawn_when_their_learning_is_not_allowed_any_more(
    guild: Guild, collection: Collection
) -> None:
    collection.know("Haru", HARU)
    collection.agree(collection.know("Natsu", NATSU))
    collection.editor.record_public(GUILD, "Haru", listed=True)
    collection.learn_from_chat(ChatLearning.BOTH)
    of_haru, of_natsu, settled = post_in_chat(guild, *(point(at, seed=9) for at in (HARU, NATSU, HARU)))
    (contributed,) = contribute(guild, point(HARU, seed=8))
    assert collection.collect() == 4
    elsewhere = contribute(guild, point(STRANGER), guild_id=OTHER)
    collection.collect(OTHER)
    shown = guild.card(AIKO)
    guild.labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset(shown.card.faces) - {settled})
    assert guild.shown_person(settled) is not None

    collection.learn_from_chat(ChatLearning.SELF)
    collection.collect()
    assert set(collection.open()) == {of_natsu, contributed}
    collection.learn_from_chat(ChatLearning.OFF)
    collection.collect()
    assert set(collection.open()) == {contributed}
    assert guild.labelling.state(GUILD).settled == 1  # what members have said already stays
    assert set(collection.open(OTHER)) == set(elsewhere)
    assert of_haru not in collection.open()


def test_nobody_is_asked_about_a_face_that_looks_like_somebody_who_objects(
    guild: Guild, collection: Collection
) -> None:
    natsu = collection.know("Natsu", NATSU)
    collection.know("Haru", HARU)
    faces = contribute(guild, point(HARU, seed=9), point(NATSU, seed=9), alone=())
    assert collection.collect() == 2
    assert set(collection.open()) == set(faces)

    collection.editor.record_objection(GUILD, "Haru")
    assert collection.collect() == 0
    assert set(collection.open()) == {faces[1]}  # the other one is withdrawn
    assert guild.card(AIKO).card.person == natsu.id

    collection.editor.withdraw_objection(GUILD, "Haru")
    assert collection.collect() == 1
    assert set(collection.open()) == set(faces)


def test_what_another_guild_has_is_never_asked_about_nor_known(guild: Guild, collection: Collection) -> None:
    collection.know("Haru", HARU, guild_id=OTHER)
    elsewhere = contribute(guild, point(HARU, seed=8), guild_id=OTHER)
    (here,) = contribute(guild, point(HARU, seed=9))

    assert collection.collect() == 1
    assert collection.open() == {here: {SOMEBODY_ELSE: 1.0}}
    assert collection.open(OTHER) == {}
    assert collection.collect(OTHER) == 1
    assert set(collection.open(OTHER)) == set(elsewhere)


def test_a_rejected_person_is_nobody_whom_the_face_may_show(guild: Guild, collection: Collection) -> None:
    haru = collection.know("Haru", HARU)
    collection.know("Natsu", NATSU)
    (face_id,) = contribute(guild, point(HARU, seed=9))
    guild.people.reject(FaceRef(guild.job_ids[-1], 1), GUILD, haru.id, **WHERE)  # type: ignore[arg-type]

    assert collection.collect() == 1
    assert collection.open()[face_id].get(haru.id, 0.0) == 0.0
    assert collection.open()[face_id][SOMEBODY_ELSE] > 0.9


def test_a_guild_without_people_asks_about_strangers(guild: Guild, collection: Collection) -> None:
    assert collection.collect() == 0
    (face_id,) = contribute(guild, point(HARU))
    assert collection.collect() == 1
    assert collection.open() == {face_id: {SOMEBODY_ELSE: 1.0}}
    assert guild.card(AIKO).card.names == ()


def test_a_contributors_name_counts_for_faces_that_were_alone(guild: Guild, collection: Collection) -> None:
    faces = contribute(guild, point(HARU), point(NATSU), point(STRANGER), name="Aiko", is_self=True, alone=(1, 3))
    assert collection.collect() == 3
    (aiko,) = guild.people.list(GUILD)
    assert (aiko.name, aiko.created_by, consent_of(guild, "Aiko")) == ("Aiko", AIKO, Consent.SELF)
    assert {face_id for face_id, known in collection.open().items() if aiko.id in known} == {faces[0], faces[2]}
    assert vote_count(guild.database) == 2
    assert collection.collect() == 0
    assert vote_count(guild.database) == 2


def test_a_name_typed_for_the_chat_is_no_proposal(guild: Guild, collection: Collection) -> None:
    collection.know("Haru", HARU)
    collection.editor.record_public(GUILD, "Haru", listed=True)
    collection.learn_from_chat(ChatLearning.BOTH)
    post_in_chat(guild, point(HARU, seed=9))
    assert collection.collect() == 1
    assert vote_count(guild.database) == 0


def test_faces_that_are_named_or_settled_are_not_collected_again(guild: Guild, collection: Collection) -> None:
    haru = collection.know("Haru", HARU)
    named, settled = contribute(guild, point(HARU, seed=8), point(HARU, seed=9), alone=())
    guild.people.name_face(FaceRef(guild.job_ids[-1], 1), GUILD, "Haru", **WHERE)  # type: ignore[arg-type]
    assert collection.collect() == 1
    guild.labelling.answer_grid(guild.ref(BEN), frozenset())
    assert guild.shown_person(settled) == haru.id
    assert collection.collect() == 0
    assert collection.open() == {}
    assert guild.shown_person(named) == haru.id


def test_a_face_among_many_that_nobody_knows_is_asked_about_first(guild: Guild, collection: Collection) -> None:
    haru = collection.know("Haru", HARU)
    contribute(guild, *(point(HARU, seed=seed) for seed in range(20, 29)), alone=())
    unknown = contribute(guild, *(point(STRANGER, 0.4, seed) for seed in range(5)), alone=())
    contribute(guild, *(point(STRANGER, 0.4, seed) for seed in range(5)), alone=(), guild_id=OTHER)
    collection.collect()

    card = guild.card(BEN).card
    assert card.person is None
    assert card.faces[0] in unknown
    with guild.database.read() as connection:
        assert represented_faces(connection, GUILD) == {card.faces[0]: 4}
        assert represented_faces(connection, OTHER) == {}  # nothing is collected there

    others = [face_id for face_id in unknown if face_id != card.faces[0]]
    with guild.database.write() as connection:
        withdraw_faces(connection, [card.faces[0]])
        save_represented(connection, GUILD, {others[0]: 2})  # as if some were settled meanwhile
    assert guild.card(AIKO).card.person == haru.id
    with guild.database.read() as connection:
        assert represented_faces(connection, GUILD) == {others[0]: 2}
