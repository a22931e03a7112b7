"""Celery's settings, and enqueueing a job. Light, since the bot imports it."""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery
from kombu import Queue

from core.domain.jobs import QueueName
from core.settings import Settings

RUN_JOB = "omokage.run_job"

# Seconds. A photo takes one and the decoder kills itself after a few, so a minute means that something is stuck; the
# hard limit leaves the soft one time to write the failure. Only prefork keeps them; for the solo pool see
# `LeaseRenewer`.
SOFT_LIMIT_S = 60
HARD_LIMIT_S = 75
# A segment of a training lasts a minute, and what comes around it: the first one reads the data set, perhaps from
# another host, and cuts out all pictures; the last one makes a version. Longer than this, and the driver hangs.
SEGMENT_LIMIT_S = 900
# A message that a dead worker held is delivered again after this. It must be longer than the longest task, or the
# task runs twice; leases find lost jobs in seconds, so there is no need to be close.
VISIBILITY_S = 3600
# Four lists a queue. Job.priority is 0 (a person waits) to 9.
PRIORITY_STEPS = [0, 3, 6, 9]


def make_celery(settings: Settings) -> Celery:
    """The Celery app without tasks; nothing connects yet."""
    app = Celery("omokage", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        # Nothing but JSON is read, so a stranger in the broker cannot have anything unpickled.
        accept_content=["json"],
        task_serializer="json",
        # Results are in the database, written in one transaction with the answer's outbox row.
        task_ignore_result=True,
        task_queues=[Queue(name.value) for name in QueueName],
        task_default_queue=QueueName.CPU.value,
        # One message a process, acknowledged when done: a message never waits behind a running job.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        # Loading models takes seconds on a busy host; after Celery's four it would kill the process and start over.
        worker_proc_alive_timeout=180.0,
        # A job goes on while the broker is away: its result is in the database, and a copy of its message does nothing.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A broker whose disk is full refuses commands (MISCONF) until it can write again; that must not end the worker.
        broker_channel_error_retry=True,
        # The bot must not wait for a broker that is away: recover() sends again. One retry, for a connection that
        # a restarted broker has closed.
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
        # Not for its commands: its subscription is the connection by which a worker with a job under way notices that
        # the broker died. Without it a failed acknowledgement is only logged, still counts against the prefetch of
        # one, and the worker never takes another message.
        worker_enable_remote_control=True,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_transport_options=_transport_options(settings.broker_url),
    )
    return app


def make_enqueue(app: Celery) -> Callable[[int, QueueName, int], None]:
    """What JobService sends messages with; thread-safe. It raises where the broker is away."""

    def enqueue(job_id: int, queue: QueueName, priority: int) -> None:
        app.send_task(RUN_JOB, args=[job_id], queue=queue.value, priority=priority, ignore_result=True)

    return enqueue


def redis_url(broker_url: str) -> str:
    """The broker's address as redis-py writes it: kombu says `redis+socket://`, redis-py `unix://`."""
    scheme, _, rest = broker_url.partition("://")
    return f"unix://{rest}" if scheme == "redis+socket" else broker_url


def list_keys(queue: QueueName) -> list[str]:
    """The Redis lists that hold a queue's messages, one a priority step, as kombu names them."""
    return [queue.value if step == 0 else f"{queue.value}\x06\x16{step}" for step in PRIORITY_STEPS]


def _transport_options(broker_url: str) -> dict[str, object]:
    options: dict[str, object] = {
        "queue_order_strategy": "priority",
        "priority_steps": PRIORITY_STEPS,
        "visibility_timeout": VISIBILITY_S,
        # A broker that died without a word (power, firewall) is noticed within half a minute.
        "health_check_interval": 10,
        "socket_timeout": 10.0,
    }
    if not broker_url.startswith("redis+socket"):
        options |= {"socket_connect_timeout": 3.0, "socket_keepalive": True}
    return options
