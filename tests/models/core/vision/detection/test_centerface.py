"""The real detector: on drawn people, on real photos where they are, and in many sizes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from core.vision.detection.detect import Detector, load_detector
from portraits import default_people, group


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector()


def test_everybody_in_a_group_is_found_where_they_are(detector: Detector):
    picture = group(default_people()[:5], seed=3)
    faces = detector.detect(picture.image)
    assert len(faces) == 5
    for box in picture.boxes:
        x, y = box.x + box.w / 2, box.y + box.h / 2
        [_] = [f for f in faces if f.box.x < x < f.box.x + f.box.w and f.box.y < y < f.box.y + f.box.h]
    for face in faces:
        (left, eyes), (right, _), (_, nose), (_, mouth), _ = face.landmarks
        assert left < right
        assert eyes < nose < mouth


def test_no_face_is_seen_where_there_is_none(detector: Detector, shared_data: Path):
    truth = json.loads((shared_data / "photos" / "truth.json").read_text())
    faceless = [name for name, facts in truth.items() if facts["faces"] == 0]
    assert faceless
    for name in faceless:
        assert detector.detect(np.asarray(Image.open(shared_data / "photos" / name).convert("RGB"))) == [], name


def test_threads_may_share_it(detector: Detector):
    picture = group(default_people()[:3], seed=1, width=640, height=480).image
    expected = detector.detect(picture)
    with ThreadPoolExecutor(4) as pool:
        assert all(faces == expected for faces in pool.map(detector.detect, [picture] * 8))


def test_photos_of_all_sizes_do_not_add_up_in_memory(detector: Detector):
    sizes = [(240 + 37 * index % 500, 320 + 53 * index % 600) for index in range(60)]
    process = psutil.Process()
    for height, width in sizes[:20]:
        detector.detect(np.zeros((height, width, 3), np.uint8))
    before = process.memory_info().rss
    for height, width in sizes[20:]:
        detector.detect(np.zeros((height, width, 3), np.uint8))
    assert process.memory_info().rss - before < 60e6  # one size's buffers are 50 MB; forty sizes' would be 2 GB
