from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import OPERATOR_GUILD, Claimant, FairShare, check_queue_limits, eligible, estimate
from core.domain.jobs import JobKind

SHARE = FairShare(per_member=2, per_guild=3)
CLASSIFY = JobKind.CLASSIFY


def claimants(first: int) -> st.SearchStrategy[list[Claimant]]:
    who = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30)
    return who.map(lambda rows: [Claimant(first + number, *row) for number, row in enumerate(rows)])


@given(claimants(1), claimants(1000))
def test_nobody_gets_more_than_his_share_and_nobody_is_passed_over(
    waiting: list[Claimant], active: list[Claimant]
) -> None:
    chosen = eligible(waiting, active, SHARE)
    picked = set(chosen)
    assert chosen == [job.job_id for job in waiting if job.job_id in picked]  # in the order in which they came
    members = Counter((job.guild_id, job.member_id) for job in active)
    guilds = Counter(job.guild_id for job in active)
    for job in waiting:
        free = members[job.guild_id, job.member_id] < SHARE.per_member and guilds[job.guild_id] < SHARE.per_guild
        assert (job.job_id in picked) == (free or job.guild_id == OPERATOR_GUILD)
        if job.job_id in picked:
            members[job.guild_id, job.member_id] += 1
            guilds[job.guild_id] += 1


def test_the_same_member_in_two_guilds_is_two_members() -> None:
    waiting = [Claimant(number, number % 2 + 1, 5) for number in range(6)]
    assert eligible(waiting, [], SHARE) == [0, 1, 2, 3]


def test_there_is_room_until_a_member_or_a_guild_has_all_it_may() -> None:
    check_queue_limits(1, 9, 99, FairShare())
    for of_member, of_guild, waiting in ((10, 10, 10), (0, 100, 100)):
        with pytest.raises(OmokageError) as caught:
            check_queue_limits(1, of_member, of_guild, FairShare())
        assert (caught.value.code, caught.value.details) == (ErrorCode.QUEUE_FULL, {"waiting": waiting})
    check_queue_limits(OPERATOR_GUILD, 10_000, 10_000, FairShare())


def test_an_estimate_needs_a_measurement() -> None:
    assert estimate(CLASSIFY, {CLASSIFY: 3}, {}, {}) is None


def test_alone_it_takes_what_such_a_job_takes() -> None:
    assert estimate(CLASSIFY, {}, {}, {CLASSIFY: 1.5}) == pytest.approx(1.5)


def test_busy_slots_share_the_work_that_is_ahead() -> None:
    # Four wait, two run and are half done: five jobs' work for two slots, and then one's own.
    assert estimate(CLASSIFY, {CLASSIFY: 4}, {CLASSIFY: 2}, {CLASSIFY: 2.0}) == pytest.approx(2 + 10 / 2)


@given(st.integers(0, 50), st.integers(0, 4), st.floats(0.01, 100))
def test_more_ahead_never_takes_less(queued: int, running: int, seconds: float) -> None:
    def at(count: int) -> float:
        value = estimate(CLASSIFY, {CLASSIFY: count}, {CLASSIFY: running}, {CLASSIFY: seconds})
        assert value is not None
        return value

    assert seconds <= at(queued) <= at(queued + 1)
