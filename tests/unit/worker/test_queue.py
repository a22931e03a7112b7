"""The queue's settings, against kombu's own code where they must agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from kombu.transport.redis import Channel

from core.domain.jobs import ROUTES, QueueName
from core.settings import Settings
from worker import queue

TCP, SOCKET = "redis://:secret@broker:6379/0", "redis+socket:///run/valkey.sock"


def conf(url: str = TCP):
    return queue.make_celery(Settings(Path("data"), "sqlite://", "blobs", url)).conf


def test_only_json_is_accepted():
    assert conf().accept_content == ["json"]
    assert conf().task_serializer == "json"


def test_a_message_is_acknowledged_after_the_work_and_none_waits_behind_it():
    assert conf().task_acks_late
    assert conf().task_reject_on_worker_lost
    assert conf().worker_prefetch_multiplier == 1


def test_no_message_is_delivered_again_while_it_is_worked_on():
    assert conf().broker_transport_options["visibility_timeout"] > queue.HARD_LIMIT_S > queue.SOFT_LIMIT_S


def test_results_are_not_kept_in_the_broker():
    assert conf().result_backend is None
    assert conf().task_ignore_result


def test_there_is_a_queue_for_each_name():
    assert {one.name for one in conf().task_queues} == set(QueueName)


def test_every_priority_in_use_has_its_step():
    assert all(0 <= priority <= 9 for _, priority in ROUTES.values())
    assert conf().broker_transport_options["queue_order_strategy"] == "priority"


def test_the_lists_are_named_as_kombu_names_them():
    channel = Channel.__new__(Channel)
    channel.priority_steps, channel.sep = queue.PRIORITY_STEPS, Channel.sep
    assert queue.list_keys(QueueName.CPU) == [channel._q_for_pri("cpu", step) for step in queue.PRIORITY_STEPS]


@pytest.mark.parametrize(("url", "expected"), [(TCP, TCP), (SOCKET, "unix:///run/valkey.sock")])
def test_redis_and_kombu_name_a_socket_differently(url: str, expected: str):
    assert queue.redis_url(url) == expected


def test_a_socket_gets_no_options_of_tcp():
    assert "socket_keepalive" in conf(TCP).broker_transport_options
    assert "socket_keepalive" not in conf(SOCKET).broker_transport_options


def test_enqueue_raises_soon_where_the_broker_is_away(tmp_path: Path):
    app = queue.make_celery(Settings(tmp_path, "sqlite://", "blobs", f"redis+socket://{tmp_path}/none.sock"))
    with pytest.raises(Exception, match=r"none\.sock"):
        queue.make_enqueue(app)(1, QueueName.CPU, 0)
