from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind
from core.services.ageing.ager_lookup import find_ager, list_agers
from core.starter.models import paths
from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.generation.test_generator_lookup import GUILD, GuildModels

REAGE, CAAE, VAE = RunKind.REAGE, RunKind.CAAE, RunKind.VAE


@pytest.fixture
def guild(tmp_path: Path, shipped: Path) -> Iterator[GuildModels]:
    database = new_database(tmp_path / "test.db")
    yield GuildModels(database, Blobs(str(tmp_path / "blobs")))
    database.close()


def answers(guild: GuildModels, requested: str | None = None) -> str:
    return find_ager(guild.registry, GUILD, requested).name


def refuses(guild: GuildModels, requested: str | None = None) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        find_ager(guild.registry, GUILD, requested)
    return caught.value


def test_promoted_models_come_first_and_those_that_only_draw_are_not_listed(guild: GuildModels) -> None:
    ids = [guild.add(CAAE, number) for number in (1, 2)]
    guild.add(VAE, 1)
    guild.add(RunKind.DCGAN, 1)
    guild.promote(CAAE, ids[0])
    assert [model.name for model in list_agers(guild.registry, GUILD)][:3] == ["caae v1", "caae v2", "vae v1"]


def test_without_a_name_the_promoted_reage_answers_else_the_newest(guild: GuildModels) -> None:
    guild.promote(CAAE, guild.add(CAAE, 1))
    guild.add(VAE, 1)
    first = guild.add(REAGE, 1)
    guild.add(REAGE, 2)
    assert answers(guild) == answers(guild, "  ") == "reage v2"
    guild.promote(REAGE, first)
    assert answers(guild) == "reage v1"


def test_without_a_reage_there_is_the_products_or_none(guild: GuildModels, shipped: Path) -> None:
    guild.add(CAAE, 1)
    for file in paths(shipped, "reage"):
        file.unlink(missing_ok=True)
    assert refuses(guild).code is ErrorCode.NO_AGE_MODEL


@pytest.mark.parametrize("requested", ["caae v1", "CAAE 1", "caae v1 (caae light)"])
def test_other_models_answer_where_they_are_named(guild: GuildModels, requested: str) -> None:
    guild.add(CAAE, 1)
    assert answers(guild, requested) == "caae v1"


def test_an_unknown_name_is_answered_with_those_that_there_are(guild: GuildModels) -> None:
    guild.add(CAAE, 1)
    error = refuses(guild, "caae v2")
    assert (error.code, error.details["model"]) == (ErrorCode.UNKNOWN_MODEL, "caae v2")
    assert str(error.details["known"]).startswith("caae v1")
