from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Promotion
from core.domain.training.runs import RunKind
from core.services.generation.generator_lookup import find_model, list_models, starters_by_default
from core.services.registry.service import RegistryService
from core.settings import Settings
from core.starter.models import paths
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.training_tables import versions
from core.storage.version_rows import insert_promotion
from tests.databases import new_database

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DCGAN, VAE = RunKind.DCGAN, RunKind.VAE


class GuildModels:
    """Adds and promotes versions without weights."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self.database = database
        self.registry = RegistryService(database, blobs)

    def add(self, kind: RunKind, number: int, guild: int = GUILD, faces: float = 0.9, **options: object) -> int:
        config = {"head": kind.value, "preset": "light", "framing": "portrait", **options}
        card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": config, "classes": [], "parts": []}
        values = {"guild_id": guild, "kind": kind, "number": number, "architecture": f"{kind.value}-light", "size": 9}
        values |= {
            "weights": "ab" * 32,
            "card": {**card, "metrics": {"faces": faces}},
            "created_by": 1,
            "created_at": NOW,
        }
        with self.database.write() as connection:
            made = connection.execute(insert(versions).values(values).returning(versions.c.id))
            return int(made.scalar_one())

    def promote(self, kind: RunKind, version_id: int) -> None:
        with self.database.write() as connection:
            insert_promotion(connection, Promotion(GUILD, kind, version_id, False, "", 1, NOW))

    def names(self) -> list[str]:
        return [model.name for model in list_models(self.registry, GUILD)]

    def answers(self, requested: str | None = None, *, photos: bool = False, starters: bool = False) -> str:
        return find_model(self.registry, GUILD, requested, photos=photos, starters=starters).name

    def refuses(self, requested: str | None = None, *, photos: bool = False) -> OmokageError:
        with pytest.raises(OmokageError) as caught:
            find_model(self.registry, GUILD, requested, photos=photos)
        return caught.value


@pytest.fixture
def guild(tmp_path: Path, shipped: Path) -> Iterator[GuildModels]:
    database = new_database(tmp_path / "test.db")
    yield GuildModels(database, Blobs(str(tmp_path / "blobs")))
    database.close()


def test_a_fresh_guild_may_ask_what_comes_with_the_product(guild: GuildModels) -> None:
    assert guild.names() == ["starter dcgan", "starter vae"]
    assert [model.encodes for model in list_models(guild.registry, GUILD)] == [False, True]


def test_the_model_that_ages_faces_is_no_generator(guild: GuildModels, shipped: Path) -> None:
    for file in paths(shipped, "reage"):
        file.write_bytes(b"")
    assert guild.names() == ["starter dcgan", "starter vae"]


def test_what_this_installation_lacks_has_no_name(guild: GuildModels, shipped: Path) -> None:
    paths(shipped, "dcgan")[1].unlink()
    assert guild.names() == ["starter vae"]
    assert guild.answers(starters=True) == "starter vae"
    assert guild.refuses("starter dcgan").details["known"] == "starter vae"


def test_promoted_ones_come_first_then_the_newest(guild: GuildModels) -> None:
    ids = [guild.add(DCGAN, number) for number in (1, 2, 3)]
    guild.add(VAE, 1)
    guild.add(DCGAN, 9, guild=GUILD + 1)
    guild.promote(DCGAN, ids[1])
    assert guild.names() == ["dcgan v2", "dcgan v3", "dcgan v1", "vae v1", "starter dcgan", "starter vae"]
    first, *others = list_models(guild.registry, GUILD)
    assert (first.version_id, first.label, first.is_serving) == (ids[1], "dcgan v2 (dcgan light)", True)
    assert not any(model.is_serving for model in others)


def test_the_promoted_version_answers(guild: GuildModels) -> None:
    first = guild.add(DCGAN, 1)
    guild.add(DCGAN, 2)
    guild.promote(DCGAN, first)
    assert guild.answers() == "dcgan v1"


def test_without_a_promotion_the_newest_answers(guild: GuildModels) -> None:
    guild.add(DCGAN, 1)
    guild.add(DCGAN, 2)
    assert guild.answers(starters=True) == "dcgan v2"


def test_a_version_that_never_draws_a_face_draws_only_where_somebody_insists(guild: GuildModels) -> None:
    dead = guild.add(DCGAN, 1, faces=0.0)
    assert guild.refuses().code is ErrorCode.NO_MODEL
    assert guild.answers(starters=True) == "starter dcgan"
    assert guild.answers("dcgan v1") == "dcgan v1"
    guild.add(DCGAN, 2)
    guild.add(DCGAN, 3, faces=0.0)
    assert guild.answers() == "dcgan v2"
    guild.promote(DCGAN, dead)
    assert guild.answers() == "dcgan v1"


def test_photos_go_to_what_takes_them(guild: GuildModels) -> None:
    guild.promote(DCGAN, guild.add(DCGAN, 1))
    guild.add(VAE, 1)
    guild.promote(VAE, guild.add(VAE, 2))
    assert guild.answers(photos=True) == "vae v2"


def test_the_products_models_answer_unasked_only_where_they_may(guild: GuildModels) -> None:
    assert guild.answers(starters=True) == "starter dcgan"
    assert guild.answers(photos=True, starters=True) == "starter vae"
    assert guild.refuses().code is ErrorCode.NO_MODEL


def test_a_product_model_that_is_named_always_answers(guild: GuildModels) -> None:
    assert guild.answers("starter dcgan") == "starter dcgan"
    assert guild.answers("Starter VAE", photos=True) == "starter vae"


def test_what_is_left_to_draw_with_is_better_than_nothing(guild: GuildModels) -> None:
    guild.add(VAE, 1)
    assert guild.answers() == "vae v1"
    assert guild.answers(starters=True) == "starter dcgan"  # sharper than a VAE


def test_a_dcgan_takes_no_photos(guild: GuildModels) -> None:
    guild.add(DCGAN, 1)
    assert guild.refuses(photos=True).code is ErrorCode.NO_MODEL
    error = guild.refuses("dcgan v1", photos=True)
    assert (error.code, error.details["model"]) == (ErrorCode.NO_ENCODER, "dcgan v1")
    assert error.details["known"] == "starter vae"


@pytest.mark.parametrize(
    "requested",
    ["dcgan v12", "DCGAN V12", "dcgan 12", " dcgan  v12 ", "dcgan-12", "ｄｃｇａｎ v12", "dcgan v12 (dcgan light)"],
)
def test_names_are_read_leniently(guild: GuildModels, requested: str) -> None:
    guild.add(DCGAN, 12)
    guild.add(DCGAN, 1)
    assert guild.answers(requested) == "dcgan v12"


@pytest.mark.parametrize("requested", ["dcgan v13", "vae v12", "12", "dcgan", "v", "(dcgan)"])
def test_an_unknown_name_is_answered_with_those_that_there_are(guild: GuildModels, requested: str) -> None:
    guild.add(DCGAN, 12)
    error = guild.refuses(requested)
    assert (error.code, error.details["model"]) == (ErrorCode.UNKNOWN_MODEL, requested)
    assert error.details["known"] == "dcgan v12, starter dcgan, starter vae"


def test_only_the_sandbox_and_the_shell_show_drawn_people_unasked() -> None:
    real = Settings.from_env({})
    sandbox = Settings.from_env({"OMOKAGE_DISCORD_API": "http://127.0.0.1:8765/api"})
    assert [starters_by_default(real, GUILD), starters_by_default(real, 0), starters_by_default(sandbox, GUILD)] == [
        False,
        True,
        True,
    ]
