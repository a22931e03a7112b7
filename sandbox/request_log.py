"""A log of what the bot asked of the API, for tests and for the curious."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sandbox.types import Json

# Enough for any test, small enough for an evening's try-out.
MAX_RECORDS = 5000


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request of the bot and the answer that it got."""

    method: str
    # Without /api/v10 and query.
    path: str
    query: dict[str, str]
    payload: object
    # (name, bytes) of each file.
    files: list[tuple[str, int]]
    status: int
    response: object
    # When it arrived, in seconds since 1970 by the sandbox's clock, and how long it took.
    time: float
    seconds: float

    def document(self) -> Json:
        """As JSON."""
        return asdict(self)


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=MAX_RECORDS)

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(list(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: RequestRecord) -> None:
        """Note a request."""
        self._records.append(record)

    def clear(self) -> None:
        """Forget everything so far."""
        self._records.clear()

    def matching(self, method: str, path_part: str) -> list[RequestRecord]:
        """Requests with that method whose path contains that text."""
        return [record for record in self if record.method == method and path_part in record.path]
