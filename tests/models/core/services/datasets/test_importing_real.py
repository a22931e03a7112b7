"""An import of real face crops: almost all are found, and the embeddings name the people."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from core.bootstrap import build
from core.services.datasets.importing import import_folder
from core.settings import Settings
from core.vision.views import Framing, View

PEOPLE, PICTURES = 6, 15


def test_crops_of_six_people_are_found_and_told_apart(shared_data: Path, tmp_path: Path) -> None:
    for person in sorted((shared_data / "identity").iterdir())[:PEOPLE]:
        (tmp_path / "people" / person.name).mkdir(parents=True)
        for file in sorted(person.glob("*.jpg"))[::10][:PICTURES]:
            shutil.copy(file, tmp_path / "people" / person.name)
    services = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path / "data")}), lambda *_: None)
    dataset, preflight = import_folder(services.dataset_storage, tmp_path / "people", 0, "six", 0)
    assert (dataset.pictures, preflight.people, preflight.is_fit) == (PEOPLE * PICTURES, PEOPLE, True)
    assert dataset.without_face <= 1

    reader = services.dataset_storage.open(dataset)
    known = reader.embeddings[reader.found]
    distances = np.linalg.norm(known[:, None] - known[None], axis=2) + 9 * np.eye(len(known))
    labels = reader.labels[reader.found]
    assert (labels[distances.argmin(1)] == labels).mean() > 0.9
    assert reader.images(View(Framing.ALIGNED, 96)).std() > 20
    services.close()
