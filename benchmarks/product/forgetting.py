"""Seconds until a person is forgotten, in a guild of 40 people, and what is left of them.

`python -m benchmarks forgetting`. Faces are drawn at random as embeddings, so no network embeds any; data sets, heads,
answers and blobs are the product's. SQLite and a folder; half a minute.
"""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
import time
from pathlib import Path

from benchmarks.helpers.community import MODERATOR, Community, embedding_of, photo_of
from benchmarks.helpers.traces import files_with, rows_with
from core.bootstrap import Services, build, build_forgetting_worker
from core.settings import Settings

GUILD, ELSEWHERE = 7, 8
PEOPLE = [f"Person {number}x" for number in range(40)]  # so that no name is the beginning of another
FORGOTTEN, COMPANION = PEOPLE[17], PEOPLE[3]
PICTURES, TOGETHER = 20, 5  # photos of each person alone, and of the forgotten one with another


def run() -> dict[str, float | int | str]:
    """Return seconds of each part, whether the head is that of a guild without the person, and traces that are left."""
    log = io.StringIO()
    logging.getLogger().addHandler(handler := logging.StreamHandler(log))
    with tempfile.TemporaryDirectory() as folder:
        services = build(Settings.from_env({"OMOKAGE_DATA": folder}), lambda *_message: None)
        try:
            return _measure(services, Path(folder), log)
        finally:
            services.close()
            logging.getLogger().removeHandler(handler)


def _measure(services: Services, folder: Path, log: io.StringIO) -> dict[str, float | int | str]:
    here, elsewhere = Community(services, GUILD), Community(services, ELSEWHERE)
    for name in PEOPLE:
        for number in range(PICTURES):
            here.post((name, number))
            if name != FORGOTTEN:
                elsewhere.post((name, number))
    for number in range(TOGETHER):
        here.post((COMPANION, 100 + number), (FORGOTTEN, 100 + number))
    for community in (here, elsewhere):
        community.trained(community.snapshot())
    before = len(rows_with(services, *_needles())) + len(files_with(folder, *_needles()))
    began = time.perf_counter()
    receipt = services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR, by_worker=False).receipt
    at_once = time.perf_counter() - began
    build_forgetting_worker(services).finish(receipt.id)
    seconds = time.perf_counter() - began
    head, same = here.serving(), elsewhere.serving()
    return {
        "people, photos": f"{len(PEOPLE)}, {len(PEOPLE) * PICTURES + TOGETHER}",
        "faces, answers, photos and files gone, s": at_once,
        "and data sets and the head made anew, s": seconds,
        "head equal to the byte to one that never saw the person": str(
            head is not None and same is not None and head.weights == same.weights
        ),
        "traces in the database and files, before": before,
        "traces in the database": len(rows_with(services, *_needles())),
        "traces in files (blobs, cache, database)": len(files_with(folder, *_needles())),
        "names in the log": log.getvalue().count(FORGOTTEN),
    }


def _needles() -> list[str | bytes]:
    """Return by what the person can be found: name, hashes of photos, embeddings."""
    photos = [[(FORGOTTEN, number)] for number in range(PICTURES)]
    photos += [[(COMPANION, 100 + number), (FORGOTTEN, 100 + number)] for number in range(TOGETHER)]
    hashes = [hashlib.sha256(photo_of(*faces)).hexdigest() for faces in photos]
    return [FORGOTTEN, *hashes, *(embedding_of(*faces[-1]) for faces in photos)]
