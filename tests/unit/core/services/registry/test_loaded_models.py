"""Which models a process holds, over all of its caches."""

from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any

from core.services.recognition.head_cache import HeadCache
from core.services.registry.loaded_models import loaded_models
from core.services.registry.model_cache import ModelCache


class Registry:
    """Has every version."""

    def get(self, version_id: int) -> Any:
        return SimpleNamespace(id=version_id, label=f"v{version_id}", guild_id=7, architecture="net", config={})

    def weights(self, version: Any) -> bytes:
        return b""


def name(version_id: int | None, text: str = "") -> Any:
    return SimpleNamespace(version_id=version_id, name=text)


def test_models_of_all_caches_are_listed_once_and_until_they_are_dropped() -> None:
    others = set(loaded_models())  # of other tests
    registry: Any = Registry()
    heads = HeadCache(registry, lambda version, weights: object())
    models: ModelCache[Any] = ModelCache(registry, lambda *_: object(), lambda _name: ("net", {}, b""), capacity=2)

    heads.get(900_001)
    models.get(name(900_001))
    models.get(name(None, "starter test"))
    assert set(loaded_models()) - others == {900_001, "starter test"}

    models.get(name(900_002))  # the cache is full
    heads.discard(900_001)
    assert set(loaded_models()) - others == {"starter test", 900_002}


def test_numbers_come_before_names_and_a_cache_that_is_gone_counts_no_more() -> None:
    models: ModelCache[Any] | None = ModelCache(
        Registry(),
        lambda *_: object(),
        lambda _name: ("net", {}, b""),
        capacity=2,  # type: ignore[arg-type]
    )
    assert models is not None
    models.get(name(None, "starter kept"))
    models.get(name(900_003))
    kept = [model for model in loaded_models() if model in {"starter kept", 900_003}]
    assert kept == [900_003, "starter kept"]

    models = None
    gc.collect()
    assert {"starter kept", 900_003}.isdisjoint(loaded_models())
