"""Voters: slowed when they cannot have looked, muted when they know no more than a coin, and heard again later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.labelling.consensus import Reliability
from core.domain.labelling.voters import HASTY_S, MIN_ANSWERS, MUTE_FROM, Voter

NOW = datetime(2026, 11, 29, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
GOOD, COIN = Reliability(0.1, 0.02, MIN_ANSWERS), Reliability(0.5, 0.5, MIN_ANSWERS)


def answered(*seconds: float, is_grid: bool = True) -> Voter:
    voter = Voter()
    for each in seconds:
        voter = voter.after_answer(each, is_grid=is_grid, now=NOW)
    return voter


def test_only_hasty_grids_in_a_row_mute() -> None:
    hasty, slow = HASTY_S - 0.1, HASTY_S + 0.1
    assert answered(*[hasty] * (MUTE_FROM - 1)).muted_at is None
    assert answered(*[hasty] * MUTE_FROM).muted_at == NOW
    assert answered(*[hasty] * (MUTE_FROM - 1), slow, hasty).muted_at is None
    assert answered(*[hasty] * MUTE_FROM, is_grid=False).hasty == 0  # a name that one knows takes no time


def test_who_is_hasty_once_muted_stays_so_until_judged() -> None:
    muted = answered(*[0.1] * MUTE_FROM)
    assert muted.after_answer(5.0, is_grid=True, now=LATER).muted_at == NOW
    assert muted.after_answer(5.0, is_grid=True, now=LATER).judged(GOOD, LATER).muted_at is None
    assert muted.judged(GOOD, LATER).muted_at == NOW  # still hasty


@pytest.mark.parametrize(
    ("reliability", "muted"),
    [(GOOD, False), (COIN, True), (Reliability(0.5, 0.5, MIN_ANSWERS - 1), False), (Reliability(0.9, 0.0, 500), True)],
)
def test_a_voter_is_judged_by_what_many_answers_say(reliability: Reliability, muted: bool) -> None:
    judged = Voter().judged(reliability, NOW)
    assert (judged.muted_at == NOW, judged.reliability) == (muted, reliability)


def test_votes_count_again_when_the_answers_have_become_good() -> None:
    assert Voter().judged(COIN, NOW).judged(COIN, LATER).muted_at == NOW
    assert Voter().judged(COIN, NOW).judged(GOOD, LATER).muted_at is None
