"""What renaming, merging and removing people does to rows. The caller keeps others from labelling meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from core.domain.data.datasets import NOBODY
from core.domain.jobs import JobKind
from core.domain.people import Label, LabelProvenance, name_key
from core.storage.label_rows import add_label, latest_labels, rejected_people
from core.storage.tables import faces, jobs, labels, people
from core.storage.training_tables import datasets, versions

# What an answer has in the place of a picture that was deleted: like any other that is gone, and no blob's name.
NO_BLOB = "0" * 64
# (person id, name) as an answer has them -> what it is to have instead; None: nobody.
Renamed = Callable[[int, str], tuple[int, str] | None]


def rename_person(connection: Connection, person_id: int, name: str) -> None:
    """Write another normalised name."""
    renamed = update(people).where(people.c.id == person_id)
    connection.execute(renamed.values(name=name, key=name_key(name)))


def delete_person(connection: Connection, person_id: int) -> None:
    """Forget somebody of whom no face and no label is left."""
    connection.execute(delete(people).where(people.c.id == person_id))


def move_person(connection: Connection, guild_id: int, old: int, new: int, provenance: LabelProvenance) -> int:
    """Give all faces and labels of one person to another, with their provenance; return the number of faces.

    A label of either person holds for both. Where a face shows one of them and a label says that it does not show the
    other, the two labels contradict each other now: there a label with this `provenance` is added, that it does.
    """
    theirs = update(faces).where(faces.c.guild_id == guild_id, faces.c.person_id == old)
    moved = connection.execute(theirs.values(person_id=new)).rowcount
    same = update(labels).where(labels.c.guild_id == guild_id, labels.c.person_id == old)
    connection.execute(same.values(person_id=new))
    last = latest_labels(guild_id)
    contradicted = select(faces.c.id).join(last, (last.c.face_id == faces.c.id) & (last.c.person_id == new))
    contradicted = contradicted.where(faces.c.person_id == new, last.c.verdict == Label.IS_NOT)
    face_ids = list(connection.execute(contradicted).scalars())
    if face_ids:
        add_label(connection, guild_id, face_ids, new, Label.IS, provenance=provenance)
    return int(moved)


def delete_faces(connection: Connection, guild_id: int, face_ids: Collection[int], person_id: int) -> None:
    """Forget these faces with their embeddings, and every label of them or of the person."""
    of_them = labels.c.face_id.in_(list(face_ids)) | (labels.c.person_id == person_id)
    connection.execute(delete(labels).where(labels.c.guild_id == guild_id, of_them))
    connection.execute(delete(faces).where(faces.c.guild_id == guild_id, faces.c.id.in_(list(face_ids))))


def faces_showing(connection: Connection, guild_id: int, person_id: int, answered: Iterable[tuple[int, int]]) -> Any:
    """Rows of the faces that show somebody, and of those that were only answered so: (job, number) of each.

    A face that was named as somebody else since is that person's, and one that was said not to show the person is not.
    """
    asked = set(answered)
    known = select(faces).where(faces.c.guild_id == guild_id)
    shown = connection.execute(known.where(faces.c.person_id == person_id)).all()
    unnamed = known.where(faces.c.person_id.is_(None), faces.c.job_id.in_([job_id for job_id, _ in asked]))
    guessed = [row for row in connection.execute(unnamed) if (row.job_id, row.number) in asked]
    rejected = rejected_people(connection, guild_id, [row.id for row in guessed])
    return [*shown, *(row for row in guessed if person_id not in rejected[row.id])]


def photos_of_nobody(connection: Connection, photos: Collection[str]) -> set[str]:
    """Those of these photos in which no face shows anybody, in any guild."""
    named = select(faces.c.photo).where(faces.c.photo.in_(list(photos)), faces.c.person_id.is_not(None))
    return set(photos) - set(connection.execute(named).scalars())


def forget_photos(connection: Connection, guild_id: int, photos: Collection[str]) -> list[int]:
    """Take photos from the guild's jobs and faces; returns ids of the jobs that were about them."""
    about = [jobs.c.guild_id == guild_id, jobs.c.photo.in_(list(photos))]
    job_ids = list(connection.execute(select(jobs.c.id).where(*about)).scalars())
    connection.execute(update(jobs).where(*about).values(photo=None))
    theirs = [faces.c.guild_id == guild_id, faces.c.photo.in_(list(photos))]
    connection.execute(update(faces).where(*theirs).values(photo=None))
    return job_ids


def answers_naming(connection: Connection, guild_id: int, person_id: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The guild's answers to "who is this?" in which somebody is named or a candidate: job id and result."""
    asked = select(jobs.c.id, jobs.c.result).where(jobs.c.guild_id == guild_id, jobs.c.kind == JobKind.CLASSIFY)
    for job_id, result in connection.execute(asked):
        if any(person_id in _people_in(face) for face in (result or {}).get("faces", [])):
            yield job_id, result


def faces_answered(answers: Iterable[tuple[int, Mapping[str, Any]]], person_id: int) -> set[tuple[int, int]]:
    """The faces of answers that were named as somebody: job id and number."""
    return {
        (job_id, face["number"])
        for job_id, result in answers
        for face in result["faces"]
        if face["person_id"] == person_id
    }


def forget_pictures(connection: Connection, job_ids: Collection[int]) -> set[str]:
    """Take the pictures with frames and names from the answers of these jobs; returns their blobs."""
    pictures: set[str] = set()
    answered = select(jobs.c.id, jobs.c.result).where(jobs.c.id.in_(list(job_ids)))
    for job_id, result in connection.execute(answered).all():
        if result and "picture" in result:
            pictures.add(result["picture"])
            gone = {**result, "picture": NO_BLOB}
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=gone))
    return pictures - {NO_BLOB}


def change_answers(connection: Connection, answers: Iterable[tuple[int, Mapping[str, Any]]], renamed: Renamed) -> None:
    """Write other people into answers."""
    for job_id, result in answers:
        changed = {**result, "faces": [_changed(face, renamed) for face in result["faces"]]}
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=changed))


def replace_in_classes(connection: Connection, guild_id: int, old: int, new: int) -> None:
    """Let the classes of data sets and models that were one person's be another's; their names stay as they were."""
    for row in connection.execute(select(datasets).where(datasets.c.guild_id == guild_id)).all():
        classes = [[name, new if one == old else one, count] for name, one, count in row.manifest["classes"]]
        if classes != row.manifest["classes"]:
            changed = update(datasets).where(datasets.c.id == row.id)
            connection.execute(changed.values(manifest={**row.manifest, "classes": classes}))
    for row in connection.execute(select(versions).where(versions.c.guild_id == guild_id)).all():
        pairs = [[name, new if one == old else one] for name, one in row.card["classes"]]
        if pairs != row.card["classes"]:
            changed = update(versions).where(versions.c.id == row.id)
            connection.execute(changed.values(card={**row.card, "classes": pairs}))


def unused_people(connection: Connection, guild_id: int, person_ids: Collection[int]) -> dict[int, str]:
    """Those of these people, by id, of whom nothing is known but the name: no label, data set or model."""
    asked = set(person_ids) - {NOBODY}
    asked -= set(connection.execute(select(labels.c.person_id).where(labels.c.person_id.in_(asked))).scalars())
    for (manifest,) in connection.execute(select(datasets.c.manifest).where(datasets.c.guild_id == guild_id)):
        asked -= {one for _, one, _ in manifest["classes"]}
    for (card,) in connection.execute(select(versions.c.card).where(versions.c.guild_id == guild_id)):
        asked -= {one for _, one in card["classes"]}
    theirs = select(people.c.id, people.c.name).where(people.c.guild_id == guild_id, people.c.id.in_(asked))
    return {row.id: row.name for row in connection.execute(theirs.order_by(people.c.key))}


def _people_in(face: Mapping[str, Any]) -> set[int | None]:
    return {face["person_id"], *(one[0] for one in face["top"])}


def _changed(face: Mapping[str, Any], renamed: Renamed) -> Mapping[str, Any]:
    named = renamed(face["person_id"], face["name"]) if face["person_id"] is not None else None
    person_id, name = named or (None, None)
    top: dict[int, Sequence[Any]] = {}
    for one, called, probability in face["top"]:
        candidate = renamed(one, called)
        if candidate is not None:
            top.setdefault(candidate[0], [*candidate, probability])
    return {**face, "person_id": person_id, "name": name, "top": list(top.values())}
