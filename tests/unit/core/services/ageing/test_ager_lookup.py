from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind
from core.services.ageing.ager_lookup import find_ager, list_agers
from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.generation.test_generator_lookup import GUILD, GuildModels

CAAE, VAE = RunKind.CAAE, RunKind.VAE


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


@pytest.mark.parametrize("requested", ["caae v1", "CAAE 1", "caae v1 (caae light)"])
def test_other_models_answer_where_they_are_named(guild: GuildModels, requested: str) -> None:
    guild.add(CAAE, 1)
    assert answers(guild, requested) == "caae v1"


def test_an_unknown_name_is_answered_with_those_that_there_are(guild: GuildModels) -> None:
    guild.add(CAAE, 1)
    error = refuses(guild, "caae v2")
    assert (error.code, error.details["model"]) == (ErrorCode.UNKNOWN_MODEL, "caae v2")
    assert str(error.details["known"]).startswith("caae v1")
