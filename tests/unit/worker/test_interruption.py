"""Notices that a machine is about to be taken away, from a metadata service like that of EC2."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.metadata_service import MetadataService
from worker.interruption import Ec2Metadata, InterruptionWatch, Notice, wait_until_clear

AT = "2026-11-29T18:02:00Z"


@pytest.fixture
def service() -> Iterator[MetadataService]:
    with MetadataService() as started:
        yield started


def test_without_a_notice_there_is_none_and_one_token_is_enough(service: MetadataService) -> None:
    source = Ec2Metadata(service.url)
    assert [source.read(), source.read()] == [None, None]
    assert service.tokens == 1


def test_a_notice_says_what_happens_and_when(service: MetadataService) -> None:
    service.notice = {"action": "terminate", "time": AT}
    assert Ec2Metadata(service.url).read() == Notice("terminate", AT)


def test_a_token_that_has_expired_is_replaced(service: MetadataService) -> None:
    source = Ec2Metadata(service.url)
    source.read()
    service.forget_tokens()
    service.notice = {"action": "stop", "time": AT}
    assert source.read() == Notice("stop", AT)
    assert service.tokens == 2


@pytest.mark.parametrize("notice", ["no JSON", '{"action": "stop"}', "[]", "\xff" * 10_000])
def test_an_answer_that_cannot_be_read_is_an_error(service: MetadataService, notice: str) -> None:
    service.notice = notice
    with pytest.raises(OSError, match="cannot be read"):
        Ec2Metadata(service.url).read()


@pytest.mark.parametrize(("status", "message"), [(403, "no token, but 403"), (500, "no token, but 500")])
def test_a_service_that_gives_no_token_is_an_error(service: MetadataService, status: int, message: str) -> None:
    service.token_status = status
    with pytest.raises(OSError, match=message):
        Ec2Metadata(service.url).read()


def test_a_service_that_is_away_is_an_error() -> None:
    with MetadataService() as service:
        url = service.url
    with pytest.raises(OSError, match="refused"):
        Ec2Metadata(url).read()


class Listed:
    """Answers from a list; its last one stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.reads = 0

    def read(self) -> Notice | None:
        self.reads += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer


def test_the_worker_is_ended_once_also_after_errors() -> None:
    notice = Notice("terminate", AT)
    source, ended = Listed(None, OSError("away"), notice), threading.Semaphore(0)
    with InterruptionWatch(source, ended.release, poll_s=0.01):
        assert ended.acquire(timeout=10)
        time.sleep(0.1)
        assert not ended.acquire(blocking=False)
    assert source.reads == 3


def test_a_worker_that_ends_by_itself_stops_looking() -> None:
    source = Listed(None)
    with InterruptionWatch(source, pytest.fail, poll_s=0.01):
        time.sleep(0.05)
    reads = source.reads
    time.sleep(0.05)
    assert source.reads == reads


def test_a_worker_on_a_machine_that_goes_waits_until_it_is_known_to_stay() -> None:
    source, waits = Listed(Notice("stop", AT), Notice("stop", AT), None), []
    wait_until_clear(source, waits.append)
    assert waits == [5.0, 5.0]


def test_a_service_that_does_not_answer_keeps_no_worker_from_its_work() -> None:
    wait_until_clear(Listed(OSError("away")), pytest.fail)
