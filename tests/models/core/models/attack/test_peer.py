"""The attack of the model check against a library's, in the same space, with the same bounds and steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from benchmarks.helpers.art_attacks import as_attack, auto_pgd, pgd
from core.domain.optimisation import DEFAULT_EPSILON, Robustness
from core.domain.registry.robustness import AttackOutcome, CheckState
from core.models.attack.robustness import AttackSample, RobustnessCheck
from core.services.robustness.service import run_check
from tests.models.core.models.attack.builders import Pictures, chips, fooled_embedding, fooled_older_cnn
from tests.models.core.models.attack.test_differentiable_heads import FACE

PEERS: Mapping[str, Any] = {"pgd": pgd, "auto-pgd": auto_pgd}
TARGET = 1
# The CNN's gate sees one view, the embedding head both: each step renders all views of six faces many times.
HEADS: Mapping[str, Any] = {"cnn": fooled_older_cnn, "embedding": fooled_embedding}
# Faces between two people that the tiny heads take for nobody (0.5 to 0.77): some fall early, some late.
BETWEEN = ((0, 0.4), (0, 0.6), (1, 0.6), (1, 1.0), (2, 0.5), (2, 0.8))


def photo(person: int, share: float) -> Pictures:
    """So much of a person and the rest of the next one, with something around the face."""
    people = chips(3)
    face = np.round(share * people[person] + (1 - share) * people[(person + 1) % 3]).astype(np.uint8)
    return np.pad(face, ((20, 30), (40, 20), (0, 0)), mode="reflect")


def found(head: str, fool: Any = None) -> Robustness:
    sitters = [AttackSample(photo(*one), FACE, TARGET) for one in BETWEEN]
    begin = CheckState((AttackOutcome(),) * len(sitters), wanted=0)
    return run_check(RobustnessCheck(HEADS[head](), sitters, begin, fool), lambda _: None)


@cache
def ours(head: str) -> Robustness:
    return found(head)


@pytest.mark.long
@pytest.mark.parametrize("peer", sorted(PEERS))
@pytest.mark.parametrize("head", sorted(HEADS))
def test_our_attack_is_no_weaker_than_the_librarys(head: str, peer: str) -> None:
    theirs = found(head, as_attack(PEERS[peer]))
    assert theirs.fooled > 0  # or it was given a head that cannot be attacked
    assert ours(head).fooled >= theirs.fooled
    assert levels(ours(head)) <= levels(theirs)


def levels(of: Robustness) -> float:
    """The median; beyond the most where it is not reached."""
    return DEFAULT_EPSILON + 1 if of.median_linf is None else of.median_linf
