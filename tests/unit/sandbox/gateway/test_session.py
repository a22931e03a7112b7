from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.gateway.session import REPLAY, Session


class Recorder:
    """Stands where a connection would be."""

    def __init__(self) -> None:
        self.sent: list[tuple[int | None, str | None]] = []

    def send(self, op: int, data: object, *, sequence: int | None = None, kind: str | None = None) -> None:
        assert op == 0
        self.sent.append((sequence, kind))


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_resume_sends_each_missed_event_once_and_in_order(events: int, seen: int) -> None:
    session, line = Session("s", 0), Recorder()
    for number in range(events):
        session.dispatch(f"E{number + 1}", {})

    if session.can_resume_after(seen):
        session.resume(line, seen)  # type: ignore[arg-type]
        missed = [(number, f"E{number}") for number in range(seen + 1, events + 1)]
        assert line.sent == [*missed, (events + 1, "RESUMED")]
    else:
        assert seen > events


def test_a_bot_that_missed_too_much_cannot_resume() -> None:
    session = Session("s", 0)
    for _ in range(REPLAY + 2):
        session.dispatch("E", {})

    assert not session.can_resume_after(1)
    assert session.can_resume_after(2)
