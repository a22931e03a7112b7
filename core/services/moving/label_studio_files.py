"""Moves faces to Label Studio and back: a zip file out, and names for faces in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.domain.faces import box_iou
from core.domain.moving import ExportReport, GuildFaces, MovedFace, MovedLabel, MovedPerson
from core.domain.people import Label, name_key
from core.services.moving import layout
from core.services.moving.archive_writer import new_archive
from core.services.moving.exporting import Progress, read_cut
from core.services.moving.label_studio import CONFIG, TASKS, Task, label_config, make_task, rotate_box
from core.services.moving.photo_check import PhotoFiles, lies_within, photo_suffix

if TYPE_CHECKING:
    from core.storage.blobs import Blobs

SOURCE = "label-studio"  # of a label
# Where Label Studio serves files from, below its LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT.
_LOCAL_FILES = "/data/local-files/?d="
# A rectangle that is drawn around a head, hair and chin, is two to three times as large as the detector's box.
_MIN_IOU = 0.3


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo whose faces are known: its size as its file has it, its faces, and how it was turned for them."""

    width: int
    height: int
    faces: tuple[MovedFace, ...]
    turned: int = 0


class FindPhoto(Protocol):
    """Finds the photo of a task."""

    def __call__(self, task: Task) -> ReadPhoto | None:
        """Return the photo with its faces, whose labels do not matter; None where it is not there."""


@dataclass(frozen=True, slots=True)
class NamedFaces:
    """What tasks say.

    Args:
        moved: the faces that were given names, and these people.
        without_photo: numbers of tasks whose photo is not there.
        without_face: how many rectangles show no face.
    """

    moved: GuildFaces
    without_photo: tuple[int, ...] = field(default=())
    without_face: int = 0


def write_tasks(
    path: Path,
    guild_faces: GuildFaces,
    blobs: Blobs,
    photos: PhotoFiles,
    progress: Progress = lambda _done, _total: None,
) -> ExportReport:
    """Write a zip file with the photos of named faces, their tasks, and a labelling interface for Label Studio.

    Faces whose photo is gone, damaged, or does not show them, are left out, as are "not this person" labels.

    Args:
        path: of the file; what is there is replaced.
        guild_faces: of the guild.
        blobs: have the photos.
        photos: reads them.
        progress: called after each photo with the number done and of all.

    Raises:
        OmokageError: DISK_FULL.
        OSError: the file cannot be written.
    """
    tasks, count = [], 0
    named = [face for face in guild_faces.faces if face.shows is not None]
    moved = GuildFaces(guild_faces.people, tuple(named))
    with new_archive(path) as archive:
        for done, (name, indices) in enumerate(moved.photos().items(), 1):
            read = read_cut(blobs, photos, name, [named[index] for index in indices])
            progress(done, len(moved.photos()))
            if read is None:
                continue
            data, cut = read
            shown = [named[index] for index in indices if lies_within(named[index], cut.width, cut.height)]
            faces = [(face.box, face.shows.person) for face in shown if face.shows is not None]
            if not faces:
                continue
            file = f"{layout.PHOTOS}/{name}{photo_suffix(data)}"
            archive.add(file, data)
            tasks.append(make_task(_LOCAL_FILES + file, name, cut.turned, (cut.width, cut.height), faces))
            count += len(faces)
        archive.add(TASKS, json.dumps(tasks, ensure_ascii=False, indent=1).encode(), packed=True)
        archive.add(CONFIG, label_config(person.name for person in moved.people).encode(), packed=True)
    return ExportReport(len(moved.people), count, len(tasks), len(named) - count)


def named_faces(
    tasks: Sequence[Task], find: FindPhoto, at: datetime, progress: Callable[[int, int], None]
) -> NamedFaces:
    """Return the faces that lie in the tasks' rectangles, with their names.

    A name for a whole photo counts where one face is in it.

    Args:
        tasks: of a project.
        find: finds photos and their faces.
        at: of the labels.
        progress: called after each task with the number done and of all.
    """
    faces: list[MovedFace] = []
    lost: list[int] = []
    missed = 0
    people: dict[str, MovedPerson] = {}
    for done, task in enumerate(tasks, 1):
        progress(done, len(tasks))
        if not task.regions and not task.whole:
            continue
        photo = find(task)
        if photo is None:
            lost.append(task.number)
            continue
        pairs, without = _match(task, photo)
        missed += without
        for face, name in pairs:
            person = people.setdefault(name_key(name), MovedPerson(name, at))
            faces.append(replace(face, labels=(MovedLabel(person.name, Label.IS, SOURCE, at),)))
    return NamedFaces(GuildFaces(tuple(people.values()), tuple(faces)), tuple(lost), missed)


def _match(task: Task, photo: ReadPhoto) -> tuple[list[tuple[MovedFace, str]], int]:
    """Return each face with its name, best overlap first, and how many names are left without a face."""
    if not task.regions:
        return ([(photo.faces[0], task.whole)], 0) if len(photo.faces) == 1 else ([], 1)
    boxes = [
        rotate_box(region.box(photo.width, photo.height), photo.width, photo.height, photo.turned)
        for region in task.regions
    ]
    overlaps = sorted(
        ((box_iou(face.box, box), i, j) for i, box in enumerate(boxes) for j, face in enumerate(photo.faces)),
        reverse=True,
    )
    matched: dict[int, int] = {}
    for iou, region, face in overlaps:
        if iou >= _MIN_IOU and region not in matched and face not in matched.values():
            matched[region] = face
    pairs = [(photo.faces[face], task.regions[region].person) for region, face in sorted(matched.items())]
    return pairs, len(boxes) - len(matched)
