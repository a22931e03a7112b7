from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Promotion, Version
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.builders import GUILD, MEMBER, Clock
from tests.integration.core.registry.builders import CLASSES, KIND, Trained, draft

OTHER = GUILD + 1


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def registry(database: Database, blobs: Blobs, clock: Clock) -> RegistryService:
    return RegistryService(database, blobs, clock)


@pytest.fixture
def trained(database: Database, registry: RegistryService, clock: Clock) -> Trained:
    return Trained(database, registry, clock)


def serving(registry: RegistryService, guild: int = GUILD) -> int | None:
    version = registry.serving(guild, KIND)
    assert registry.serving_id(guild, KIND) == (version.id if version else None)
    return version.number if version else None


def test_a_version_keeps_its_whole_card(trained: Trained, registry: RegistryService, clock: Clock) -> None:
    version = trained.version(0.9, ece=0.02)
    assert (version.title, version.label, version.run_id) == ("recogniser v1", "recogniser v1 (cnn slim)", 901)
    assert (version.dataset_title, version.dataset_hash) == ("family v1", "ab" * 32)
    assert (version.classes, version.metrics["ece"]) == (CLASSES, 0.02)
    assert version.parts == draft({}).parts
    assert (version.created_by, version.created_at, version.size) == (MEMBER, clock.now, 1)
    assert registry.weights(version) == b"1"
    assert (
        registry.get(version.id) == registry.get_by_number(GUILD, KIND, 1) == version == registry.get(version.id, GUILD)
    )


def test_a_run_that_is_registered_again_is_the_same_version(trained: Trained, registry: RegistryService) -> None:
    dataset = trained.dataset()
    run = trained.run(dataset)
    first = registry.register(run, dataset, draft({}))
    assert registry.register(run, dataset, draft({})) == first
    assert registry.list(GUILD, KIND) == [first]


def test_a_run_that_finishes_with_other_weights_leaves_its_version_and_a_warning_in_the_log(
    trained: Trained, registry: RegistryService, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = trained.dataset()
    run = trained.run(dataset)
    first = registry.register(run, dataset, draft({}))
    with caplog.at_level(logging.WARNING):
        assert registry.register(run, dataset, draft({}, "others")) == first
    assert "other weights" in caplog.text


def test_versions_count_from_one_in_each_guild(trained: Trained, registry: RegistryService) -> None:
    numbers = [trained.version(guild=guild).number for guild in (GUILD, OTHER, GUILD)]
    assert numbers == [1, 1, 2]
    assert [version.number for version in registry.list(GUILD, KIND)] == [2, 1]


def test_two_runs_that_finish_at_once_get_two_numbers(trained: Trained, registry: RegistryService) -> None:
    dataset = trained.dataset()
    both = [trained.run(dataset), trained.run(dataset)]
    registered: list[Version] = []
    threads = [
        threading.Thread(target=lambda run=run: registered.append(registry.register(run, dataset, draft({}))))
        for run in both
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version.number for version in registered) == [1, 2]


def test_another_guilds_version_is_unknown(trained: Trained, registry: RegistryService) -> None:
    version = trained.version()
    for call in (
        lambda: registry.get(version.id, OTHER),
        lambda: registry.get_by_number(OTHER, KIND, 1),
        lambda: registry.get(version.id + 1),
        lambda: registry.promote(version.id + 1, MEMBER),
    ):
        with pytest.raises(OmokageError) as caught:
            call()
        assert caught.value.code is ErrorCode.UNKNOWN_VERSION


def test_nothing_serves_until_it_is_promoted(trained: Trained, registry: RegistryService, clock: Clock) -> None:
    version = trained.version()
    assert serving(registry) is None
    promotion = registry.promote(version.id, MEMBER)
    assert (serving(registry), serving(registry, OTHER)) == (1, None)
    assert (promotion.forced, promotion.back, promotion.promoted_by, promotion.created_at) == (
        False,
        False,
        MEMBER,
        clock.now,
    )
    assert "not measured" in promotion.reason
    assert registry.history(GUILD, KIND) == [promotion]


def test_a_better_version_takes_the_place_and_a_worse_one_does_not(trained: Trained, registry: RegistryService) -> None:
    better, worse = trained.version(0.9), trained.version(0.8)
    registry.promote(better.id, MEMBER)
    with pytest.raises(OmokageError) as caught:
        registry.promote(worse.id, MEMBER)
    assert caught.value.code is ErrorCode.NOT_BETTER
    assert serving(registry) == 1
    assert registry.promote(trained.version(0.95).id, MEMBER).reason == "0.9500 >= 0.9000, fold 0"
    assert serving(registry) == 3


def test_versions_of_other_data_do_not_compare(trained: Trained, registry: RegistryService) -> None:
    registry.promote(trained.version(0.9).id, MEMBER)
    with pytest.raises(OmokageError) as caught:
        registry.promote(trained.version(0.95, dataset_hash="cd" * 32).id, MEMBER)
    assert caught.value.code is ErrorCode.NOT_COMPARABLE


def test_a_reason_forces_a_version_and_is_kept(trained: Trained, registry: RegistryService) -> None:
    registry.promote(trained.version(0.9).id, MEMBER)
    promotion = registry.promote(trained.version(None).id, MEMBER, force_reason="  knows Ben  ")
    assert (promotion.forced, promotion.reason, serving(registry)) == (True, "knows Ben", 2)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 513])
def test_an_empty_or_too_long_reason_is_refused(trained: Trained, registry: RegistryService, reason: str) -> None:
    version = trained.version()
    with pytest.raises(OmokageError) as caught:
        registry.promote(version.id, MEMBER, force_reason=reason)
    assert caught.value.code is ErrorCode.BAD_OPTION
    assert serving(registry) is None


def test_a_version_that_serves_already_is_not_promoted_twice(trained: Trained, registry: RegistryService) -> None:
    version = trained.version()
    first = registry.promote(version.id, MEMBER)
    assert registry.promote(version.id, MEMBER, force_reason="again") == first
    assert len(registry.history(GUILD, KIND)) == 1


def test_rollbacks_lead_through_the_versions_that_served_to_the_baseline(
    trained: Trained, registry: RegistryService
) -> None:
    for accuracy in (0.7, 0.8, 0.9):
        registry.promote(trained.version(accuracy).id, MEMBER)
    seen = []
    for _ in range(3):
        promotion = registry.rollback(GUILD, KIND, MEMBER, " it named a dog ")
        assert (promotion.back, promotion.forced, promotion.reason) == (True, False, "it named a dog")
        seen.append(serving(registry))
    assert seen == [2, 1, None]
    with pytest.raises(OmokageError) as caught:
        registry.rollback(GUILD, KIND, MEMBER)
    assert caught.value.code is ErrorCode.UNKNOWN_VERSION
    assert len(registry.history(GUILD, KIND)) == 6


def test_after_a_rollback_the_better_version_may_serve_again(trained: Trained, registry: RegistryService) -> None:
    registry.promote(trained.version(0.7).id, MEMBER)
    better = trained.version(0.8)
    registry.promote(better.id, MEMBER)
    registry.rollback(GUILD, KIND, MEMBER)
    registry.promote(better.id, MEMBER)
    assert serving(registry) == 2
    registry.rollback(GUILD, KIND, MEMBER)
    assert serving(registry) == 1


def test_promotions_at_the_same_time_are_all_in_the_history(trained: Trained, registry: RegistryService) -> None:
    versions = [trained.version(0.9) for _ in range(4)]
    promotions: list[Promotion] = []
    threads = [
        threading.Thread(target=lambda version=version: promotions.append(registry.promote(version.id, MEMBER)))
        for version in versions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = registry.history(GUILD, KIND)
    assert {promotion.version_id for promotion in history} == {version.id for version in versions}
    assert history[0].version_id == registry.serving_id(GUILD, KIND)


@pytest.mark.parametrize("harm", ["truncated", "changed", "gone"])
def test_damaged_weights_are_refused(trained: Trained, registry: RegistryService, tmp_path: Path, harm: str) -> None:
    version = trained.version()
    file = tmp_path / "blobs" / version.weights[:2] / version.weights
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if harm == "truncated" else b"X")
    for call in (
        lambda: registry.weights(version),
        lambda: registry.promote(version.id, MEMBER),
        lambda: registry.promote(version.id, MEMBER, force_reason="please"),
    ):
        with pytest.raises(OmokageError) as caught:
            call()
        assert caught.value.code is ErrorCode.BAD_WEIGHTS
    assert serving(registry) is None
