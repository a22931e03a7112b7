"""What is counted and timed. No label names a member, a guild or a photo.

Imported by a worker only after `core.metrics.multiprocess.prepare`: prometheus_client decides when it is imported
whether the processes of a pool share their figures.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

# Discord gives up on an interaction after three seconds; most are acknowledged within a tenth of one.
_ACKNOWLEDGE_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5)
# From a face in a photo, a quarter of a second, to an optimisation of ten minutes; a training's segment lasts as long.
_JOB_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200)
_WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
# From an embedding head, a millisecond, to a generator on two cores.
_STEP_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

ACKNOWLEDGE_SECONDS = Histogram(
    "omokage_acknowledge_seconds",
    "From the arrival of an interaction at the bot to Discord's confirmation of its first answer.",
    buckets=_ACKNOWLEDGE_BUCKETS,
)
DISCORD_REQUESTS = Counter(
    "omokage_discord_requests",
    "Requests to Discord's API, by what they do and the status of the answer; 0: there was none.",
    ["action", "status"],
)
JOB_SECONDS = Histogram(
    "omokage_job_seconds",
    "From the claim of a job to its end; of a training, of one segment.",
    ["kind", "outcome"],
    buckets=_JOB_BUCKETS,
)
JOB_WAIT_SECONDS = Histogram(
    "omokage_job_wait_seconds",
    "From the acceptance of a job to the first claim by a worker.",
    ["kind"],
    buckets=_WAIT_BUCKETS,
)
STEP_SECONDS = Histogram(
    "omokage_step_seconds",
    "A training step, by the network's preset.",
    ["preset"],
    buckets=_STEP_BUCKETS,
)
