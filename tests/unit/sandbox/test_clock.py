from __future__ import annotations

import asyncio

import pytest

from sandbox.clock import Deadlines, ManualClock


async def test_sleepers_wake_in_order_when_their_time_has_come() -> None:
    clock, woken = ManualClock(1000.0), []

    async def sleeper(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.timeout(5):
        async with asyncio.TaskGroup() as group:
            for seconds in (3.0, 1.0, 2.0):
                group.create_task(sleeper(seconds))
            await asyncio.sleep(0)
            clock.advance(2.5)
            await asyncio.sleep(0.01)
            assert woken == [1.0, 2.0]
            clock.advance(0.5)

    assert woken == [1.0, 2.0, 3.0]
    assert clock.now() == 1003.0


async def test_a_running_clock_also_runs_by_itself() -> None:
    clock = ManualClock(1000.0, running=True)

    await asyncio.wait_for(clock.sleep(0.02), 5)

    assert clock.now() >= 1000.02


async def test_a_running_clock_can_jump_over_a_sleep() -> None:
    clock = ManualClock(running=True)
    sleeping = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)

    clock.advance(3600)

    await asyncio.wait_for(sleeping, 5)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        ManualClock().advance(-1)


async def test_deadlines_are_met_in_order_whatever_the_order_of_asking() -> None:
    clock, called = ManualClock(0.0), []
    deadlines = Deadlines(clock)
    for moment in (5.0, 1.0, 3.0):
        deadlines.at(moment, lambda moment=moment: called.append(moment))  # type: ignore[misc]
    await asyncio.sleep(0.01)

    clock.advance(3)
    await asyncio.sleep(0.01)
    assert called == [1.0, 3.0]
    clock.advance(3)
    await asyncio.sleep(0.01)

    assert called == [1.0, 3.0, 5.0]
    await deadlines.stop()


async def test_a_deadline_may_set_an_earlier_one_and_stopping_forgets_the_rest() -> None:
    clock, called = ManualClock(0.0), []
    deadlines = Deadlines(clock)
    deadlines.at(10.0, lambda: called.append("late"))
    deadlines.at(1.0, lambda: deadlines.at(2.0, lambda: called.append("nested")))
    await asyncio.sleep(0.01)

    clock.advance(5)
    await asyncio.sleep(0.01)
    await deadlines.stop()
    clock.advance(10)
    await asyncio.sleep(0.01)

    assert called == ["nested"]
