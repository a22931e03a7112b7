"""Recognition heads to attack, with held-out pictures of the developers' 40 people."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.identity_faces import identity_files
from benchmarks.helpers.report import Skip
from core.bootstrap import build
from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZES
from core.domain.training.folds import FOLDS, fold_of
from core.domain.training.runs import RunKind
from core.models.embedding.head import EmbeddingHead, train_head
from core.models.families import load_head
from core.settings import Settings
from core.vision.recognition.photo_reader import PhotoReader, load_photo_reader

if TYPE_CHECKING:
    from pathlib import Path

    from core.bootstrap import Services
    from core.domain.registry.versions import Version
    from core.vision.recognition.mean_embedding import Head

ENROLLED = 20  # pictures a person, of a head that is trained here
HELD_OUT = 10  # more of each, to attack
GUILD = 0  # of the shell


@dataclass(frozen=True)
class AttackedHead:
    """A head, and held-out files with the class that each shows."""

    name: str
    head: Head
    files: Sequence[tuple[bytes, int]]

    def pairs(self, count: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield a file, its class and another class as target; drawn with a fixed seed."""
        draw = random.Random(0)
        for data, person in draw.sample(list(self.files), min(count, len(self.files))):
            yield data, person, draw.choice([other for other in range(len(self.head.classes)) if other != person])


def heads_of_data_folder(data: Path) -> list[AttackedHead]:
    """Load a data folder's promoted or newest CNN, and the embedding head inside it as a head of its own.

    Raises:
        Skip: there is none.
    """
    if not (data / "omokage.db").exists():
        raise Skip(f"{data} is no data folder with a trained CNN; name one with --data")
    services = build(Settings.from_env({"OMOKAGE_DATA": str(data)}), lambda *_: None)
    try:
        version = _cnn(services)
        head = load_head(version, services.registry.weights(version))
        files = _held_out(services, version)
    finally:
        services.close()
    return [
        AttackedHead("CNN", head, files),
        AttackedHead("embedding", EmbeddingHead(head.classes, head.gate.references, head.gate.open_set), files),  # type: ignore[attr-defined]
    ]


def train_attacked_head(reader: PhotoReader) -> AttackedHead:
    """Train an embedding head on some pictures of each person.

    Raises:
        Skip: the pictures are not on this machine.
    """
    return train_attacked_heads(reader)[EMBEDDING_NAME]


def train_attacked_heads(reader: PhotoReader) -> dict[str, AttackedHead]:
    """Train an embedding head by each embedder, on the same pictures of each person.

    Raises:
        Skip: the pictures are not on this machine.
    """
    chosen = identity_files(ENROLLED + HELD_OUT)
    readings, owners, files = [], [], []
    for index, (person, file) in enumerate(chosen):
        data = file.read_bytes()
        if index % (ENROLLED + HELD_OUT) >= ENROLLED:
            files.append((data, person))
            continue
        reading = reader.read(data)
        if reading.faces:
            readings.append(reading.only(0))
            owners.append(person)
    classes = tuple((f"p{person + 1:02}", person + 1) for person in range(40))
    heads = {}
    for embedder in EMBEDDING_SIZES:
        embeddings = np.concatenate([reading.embeddings_of(embedder) for reading in readings])
        trained = train_head(embeddings, np.array(owners), len(classes), embedder)
        heads[embedder] = AttackedHead("embedding", EmbeddingHead(classes, *trained), files)
    return heads


def load_reader() -> PhotoReader:
    """Load the product's photo reader."""
    return load_photo_reader()


def _cnn(services: Services) -> Version:
    versions = services.registry.list(GUILD, RunKind.RECOGNISER)
    serving = services.registry.serving_id(GUILD, RunKind.RECOGNISER)
    cnns = [version for version in versions if version.architecture.startswith("cnn-")]
    if not cnns:
        raise Skip("the data folder holds no CNN")
    return next((cnn for cnn in cnns if cnn.id == serving), cnns[0])


def _held_out(services: Services, version: Version) -> list[tuple[bytes, int]]:
    if version.dataset_id is None:
        raise Skip("the CNN's data set is gone")
    reader = services.dataset_storage.open(services.datasets.get(version.dataset_id))
    columns = {person_id: column for column, (_, person_id) in enumerate(version.classes)}
    owners = [columns.get(class_.person_id) for class_ in reader.dataset.classes]
    folds = fold_of(reader.labels.tolist(), FOLDS)
    files = []
    for record, fold in zip(reader.records(), folds, strict=True):
        owner = owners[record.label]
        if fold == int(str(version.config["fold"])) and owner is not None:
            files.append((record.image, owner))
    return files
