"""Which networks an optimisation is said to have attacked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.optimisation import OptimizeMode
from core.services.attack.networks import attacked_networks

FOOL, NOISE, DREAM = OptimizeMode.FOOL, OptimizeMode.NOISE, OptimizeMode.DREAM


@pytest.mark.parametrize("mode", OptimizeMode)
@pytest.mark.parametrize(("embedder", "networks"), [(DLIB, ("dlib",)), (DLIB_AND_SFACE, ("dlib", "sface"))])
def test_an_embedding_head_is_attacked_through_its_embedder(
    embedder: str, networks: tuple[str, ...], mode: OptimizeMode
) -> None:
    head: Any = SimpleNamespace(embedder=embedder)
    assert attacked_networks(head, mode) == networks


@pytest.mark.parametrize(
    ("embedder", "mode", "networks"),
    [
        (DLIB_AND_SFACE, FOOL, ("cnn", "dlib", "sface")),
        (DLIB, FOOL, ("cnn", "dlib")),
        (DLIB_AND_SFACE, NOISE, ("cnn",)),
        (DLIB_AND_SFACE, DREAM, ("cnn",)),
    ],
)
def test_a_cnn_is_attacked_with_those_that_say_who_is_unknown_where_a_photo_is_changed(
    embedder: str, mode: OptimizeMode, networks: tuple[str, ...]
) -> None:
    head: Any = SimpleNamespace(gate=SimpleNamespace(embedder=embedder))
    assert attacked_networks(head, mode) == networks


def test_of_a_head_without_an_embedder_nothing_is_said() -> None:
    head: Any = object()
    assert attacked_networks(head, FOOL) == ()
