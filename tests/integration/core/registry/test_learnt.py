"""Recognisers that were trained on a guild's labels: registered once a data set, and serving where they may."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.registry.versions import Version
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.dataset_rows import mark_removed
from tests.integration.core.builders import GUILD, MEMBER, Clock
from tests.integration.core.registry.builders import KIND, Trained, draft

OTHER = GUILD + 1


@pytest.fixture
def registry(database: Database, tmp_path: Path, clock: Clock) -> RegistryService:
    return RegistryService(database, Blobs(str(tmp_path / "blobs")), clock)


@pytest.fixture
def trained(database: Database, registry: RegistryService, clock: Clock) -> Trained:
    return Trained(database, registry, clock)


def learnt(trained: Trained, accuracy: float, baseline: float | None, guild: int = GUILD, content: str = "ab") -> Version:
    """Register a head of labels with these accuracies on the same held-out pictures."""
    metrics: dict[str, JSON] = {"folds": {"0": accuracy}, "accuracy": accuracy}
    if baseline is not None:
        metrics["live_folds"] = {"0": baseline}
    dataset = trained.dataset(guild, content * 32)
    trained._runs += 1  # data sets of one name need numbers of their own
    return trained.registry.register_learnt(guild, MEMBER, dataset, draft(metrics, f"{accuracy} {content}"))


def refusal(registry: RegistryService, version: Version) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        registry.promote_learnt(version)
    return caught.value.code


def test_a_head_of_labels_is_registered_once_a_data_set(trained: Trained, registry: RegistryService) -> None:
    dataset = trained.dataset()
    first = registry.register_learnt(GUILD, MEMBER, dataset, draft({"folds": {"0": 0.9}}))
    again = registry.register_learnt(GUILD, MEMBER, dataset, draft({"folds": {"0": 0.7}}, "others"))
    assert again == first
    assert registry.list(GUILD, KIND) == [first]
    assert (first.is_learnt, first.run_id, first.dataset_id, first.number) == (True, None, dataset.id, 1)
    assert (first.created_by, registry.weights(first)) == (MEMBER, b"weights")
    assert registry.list(OTHER, KIND) == []


def test_a_run_on_the_same_data_set_is_another_version(trained: Trained, registry: RegistryService) -> None:
    dataset = trained.dataset()
    of_run = registry.register(trained.run(dataset), dataset, draft({}))
    of_labels = registry.register_learnt(GUILD, MEMBER, dataset, draft({}))
    assert [(version.number, version.is_learnt) for version in (of_run, of_labels)] == [(1, False), (2, True)]


def test_a_data_set_that_is_removed_meanwhile_gives_no_version(trained: Trained, registry: RegistryService) -> None:
    dataset = trained.dataset()
    with trained.database.write() as connection:
        mark_removed(connection, dataset, MEMBER, trained.clock.now)
    with pytest.raises(OmokageError) as caught:
        registry.register_learnt(GUILD, MEMBER, dataset, draft({}, "of the removed"))
    assert caught.value.code is ErrorCode.DATASET_REMOVED
    assert registry.list(GUILD, KIND) == []


@pytest.mark.parametrize(("accuracy", "baseline"), [(0.9, 0.8), (0.9, 0.9), (0.9, None)])
def test_a_head_that_is_not_worse_than_the_baseline_serves(
    trained: Trained, registry: RegistryService, accuracy: float, baseline: float | None
) -> None:
    version = learnt(trained, accuracy, baseline)
    promotion = registry.promote_learnt(version)
    assert registry.serving_id(GUILD, KIND) == version.id
    assert registry.serving_id(OTHER, KIND) is None
    assert (promotion.promoted_by, promotion.forced) == (0, False)
    assert promotion.reason.startswith("learnt from labels; ")
    assert registry.promote_learnt(version) == promotion  # a second time changes nothing
    assert registry.history(GUILD, KIND) == [promotion]


def test_a_head_that_is_worse_than_the_baseline_does_not_serve(trained: Trained, registry: RegistryService) -> None:
    assert refusal(registry, learnt(trained, 0.8, 0.9)) is ErrorCode.NOT_BETTER
    assert registry.serving_id(GUILD, KIND) is None


def test_each_head_of_labels_follows_the_one_before(trained: Trained, registry: RegistryService) -> None:
    first, second, worse = (
        learnt(trained, *figures, content=content)
        for *figures, content in ((0.9, 0.8, "ab"), (0.85, 0.8, "cd"), (0.7, 0.8, "ef"))
    )
    registry.promote_learnt(first)
    registry.promote_learnt(second)  # of other labels: its own baseline is what it is compared with
    assert refusal(registry, worse) is ErrorCode.NOT_BETTER
    assert registry.serving_id(GUILD, KIND) == second.id


def test_what_a_moderator_promoted_stays(trained: Trained, registry: RegistryService) -> None:
    by_hand = trained.version(0.6)
    registry.promote(by_hand.id, MEMBER)
    assert refusal(registry, learnt(trained, 0.95, 0.5)) is ErrorCode.NOT_COMPARABLE
    assert registry.serving_id(GUILD, KIND) == by_hand.id


def test_a_guilds_head_serves_no_other_guild(trained: Trained, registry: RegistryService) -> None:
    here, there = learnt(trained, 0.9, 0.8), learnt(trained, 0.9, 0.8, guild=OTHER)
    registry.promote_learnt(here)
    registry.promote_learnt(there)
    assert (registry.serving_id(GUILD, KIND), registry.serving_id(OTHER, KIND)) == (here.id, there.id)
