"""Changes of rows when people are renamed, merged and removed. The caller holds the lock of the guild's people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, distinct, func, or_, select, update

from core.domain.data.datasets import NOBODY
from core.domain.jobs import JobKind
from core.domain.people import Consent, Label, LabelProvenance, name_key
from core.storage.labelling_tables import labelling_cards, labelling_votes
from core.storage.people.label_rows import add_label, latest_labels, rejected_people
from core.storage.tables import faces, jobs, labels, people
from core.storage.training_tables import datasets, versions

# The picture of an answer whose picture was deleted: no blob has this name, so it reads like any missing one.
NO_BLOB = "0" * 64
# Person id and name in an answer -> person id and name to replace them; None: nobody.
ReplacePerson = Callable[[int, str], tuple[int, str] | None]


def rename_person(connection: Connection, person_id: int, name: str) -> None:
    """Give a person another normalised name."""
    renamed = update(people).where(people.c.id == person_id)
    connection.execute(renamed.values(name=name, key=name_key(name)))


def set_public(connection: Connection, person_id: int, *, listed: bool) -> None:
    """Put a person on the list of public people, or take them off; who enrolled themselves stays enrolled."""
    person = update(people).where(people.c.id == person_id)
    if listed:
        connection.execute(person.where(people.c.consent.is_(None)).values(consent=Consent.PUBLIC))
    else:
        connection.execute(person.where(people.c.consent == Consent.PUBLIC).values(consent=None))


def set_objection(connection: Connection, person_id: int, at: datetime | None) -> None:
    """Write down since when a person objects to being named and aged; None: no more."""
    connection.execute(update(people).where(people.c.id == person_id).values(objected_at=at))


def delete_person(connection: Connection, person_id: int) -> None:
    """Delete a person of whom no face and no label is left."""
    connection.execute(delete(people).where(people.c.id == person_id))


def move_person(connection: Connection, guild_id: int, old: int, new: int, provenance: LabelProvenance) -> int:
    """Give all faces and labels of one person to another, with their provenance; return the number of faces.

    A label of either person holds for both. Where a face shows one of them and a label says that it does not show the
    other, the two labels contradict each other now: there a label with this `provenance` is added, that it does.
    """
    old_faces = update(faces).where(faces.c.guild_id == guild_id, faces.c.person_id == old)
    moved = connection.execute(old_faces.values(person_id=new)).rowcount
    old_labels = update(labels).where(labels.c.guild_id == guild_id, labels.c.person_id == old)
    connection.execute(old_labels.values(person_id=new))
    for table in (labelling_cards, labelling_votes):
        about = update(table).where(table.c.guild_id == guild_id, table.c.person_id == old)
        connection.execute(about.values(person_id=new))
    latest = latest_labels(guild_id)
    contradicted = select(faces.c.id).join(latest, (latest.c.face_id == faces.c.id) & (latest.c.person_id == new))
    contradicted = contradicted.where(faces.c.person_id == new, latest.c.verdict == Label.IS_NOT)
    face_ids = list(connection.execute(contradicted).scalars())
    if face_ids:
        add_label(connection, guild_id, face_ids, new, Label.IS, provenance=provenance)
    return int(moved)


def split_faces(  # noqa: PLR0917 - as `move_person`
    connection: Connection, guild_id: int, face_ids: Sequence[int], old: int, new: int, provenance: LabelProvenance
) -> None:
    """Say that faces of one person show another, and not the one; who had named them so, is kept with the other."""
    named = update(labels).where(labels.c.guild_id == guild_id, labels.c.face_id.in_(face_ids))
    named = named.where(labels.c.person_id == old, labels.c.verdict == Label.IS)
    connection.execute(named.values(person_id=new))
    gold = update(labelling_votes).where(labelling_votes.c.guild_id == guild_id, labelling_votes.c.shows == old)
    connection.execute(gold.where(labelling_votes.c.face_id.in_(face_ids)).values(shows=new))
    add_label(connection, guild_id, face_ids, new, Label.IS, provenance=provenance)
    add_label(connection, guild_id, face_ids, old, Label.IS_NOT, provenance=provenance)


def count_conflicts(connection: Connection, guild_id: int, first: int, second: int) -> tuple[int, int]:
    """Count what says that two people are not the same.

    Returns:
        The photos in which one face shows the first person and another the second; and the labels by which a face of
        either does not show the other.
    """
    both = faces.c.guild_id == guild_id, faces.c.person_id.in_((first, second)), faces.c.job_id.is_not(None)
    photos = select(faces.c.job_id).where(*both).group_by(faces.c.job_id)
    photos = photos.having(func.count(distinct(faces.c.person_id)) == 2)
    latest = latest_labels(guild_id)
    rejected = select(func.count()).select_from(latest.join(faces, latest.c.face_id == faces.c.id))
    rejected = rejected.where(
        latest.c.verdict == Label.IS_NOT,
        or_(
            and_(faces.c.person_id == first, latest.c.person_id == second),
            and_(faces.c.person_id == second, latest.c.person_id == first),
        ),
    )
    return len(connection.execute(photos).all()), connection.execute(rejected).scalar_one()


def delete_faces(connection: Connection, guild_id: int, face_ids: Collection[int], person_id: int) -> None:
    """Delete these faces with their embeddings, and every label of them or of the person."""
    of_them = labels.c.face_id.in_(list(face_ids)) | (labels.c.person_id == person_id)
    connection.execute(delete(labels).where(labels.c.guild_id == guild_id, of_them))
    connection.execute(delete(faces).where(faces.c.guild_id == guild_id, faces.c.id.in_(list(face_ids))))


def faces_showing(connection: Connection, guild_id: int, person_id: int, answered: Iterable[tuple[int, int]]) -> Any:
    """Return the rows of the faces that show a person, and of those that only an answer named so.

    A face that was labelled with another person since shows that person; one that was labelled as not this person does
    not show them.

    Args:
        connection: of the transaction.
        guild_id: whose faces.
        person_id: the person.
        answered: job id and number of each face that an answer named as the person.
    """
    guesses = set(answered)
    of_guild = select(faces).where(faces.c.guild_id == guild_id)
    labelled = connection.execute(of_guild.where(faces.c.person_id == person_id)).all()
    unnamed = of_guild.where(faces.c.person_id.is_(None), faces.c.job_id.in_([job_id for job_id, _ in guesses]))
    guessed = [row for row in connection.execute(unnamed) if (row.job_id, row.number) in guesses]
    rejected = rejected_people(connection, guild_id, [row.id for row in guessed])
    return [*labelled, *(row for row in guessed if person_id not in rejected[row.id])]


def jobs_showing(connection: Connection, guild_id: int, person_id: int) -> set[int]:
    """Return the ids of the jobs that found a face which shows a person."""
    found = select(faces.c.job_id).where(faces.c.guild_id == guild_id, faces.c.person_id == person_id)
    return set(connection.execute(found.where(faces.c.job_id.is_not(None))).scalars())


def photos_of_nobody(connection: Connection, photos: Collection[str]) -> set[str]:
    """Return those of these photos in which no face shows anybody, in any guild."""
    named = select(faces.c.photo).where(faces.c.photo.in_(list(photos)), faces.c.person_id.is_not(None))
    return set(photos) - set(connection.execute(named).scalars())


def forget_photos(connection: Connection, guild_id: int, photos: Collection[str]) -> list[int]:
    """Remove photos from the guild's jobs and faces; return the ids of the jobs that had them."""
    with_photo = [jobs.c.guild_id == guild_id, jobs.c.photo.in_(list(photos))]
    job_ids = list(connection.execute(select(jobs.c.id).where(*with_photo)).scalars())
    connection.execute(update(jobs).where(*with_photo).values(photo=None))
    in_photo = [faces.c.guild_id == guild_id, faces.c.photo.in_(list(photos))]
    connection.execute(update(faces).where(*in_photo).values(photo=None))
    return job_ids


def answers_naming(connection: Connection, guild_id: int, person_id: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield job id and result of the guild's classify answers in which a person is named or a candidate."""
    answers = select(jobs.c.id, jobs.c.result).where(jobs.c.guild_id == guild_id, jobs.c.kind == JobKind.CLASSIFY)
    for job_id, result in connection.execute(answers):
        if any(person_id in _people_in(face) for face in (result or {}).get("faces", [])):
            yield job_id, result


def faces_answered(answers: Iterable[tuple[int, Mapping[str, Any]]], person_id: int) -> set[tuple[int, int]]:
    """Return job id and number of the faces that answers named as a person."""
    return {
        (job_id, face["number"])
        for job_id, result in answers
        for face in result["faces"]
        if face["person_id"] == person_id
    }


def forget_pictures(connection: Connection, job_ids: Collection[int]) -> set[str]:
    """Remove the annotated pictures from the answers of these jobs; return the names of their blobs."""
    pictures: set[str] = set()
    answered = select(jobs.c.id, jobs.c.result).where(jobs.c.id.in_(list(job_ids)))
    for job_id, result in connection.execute(answered).all():
        if result and "picture" in result:
            pictures.add(result["picture"])
            without_picture = {**result, "picture": NO_BLOB}
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=without_picture))
    return pictures - {NO_BLOB}


def change_answers(
    connection: Connection, answers: Iterable[tuple[int, Mapping[str, Any]]], replace_person: ReplacePerson
) -> None:
    """Replace people in answers."""
    for job_id, result in answers:
        changed = {**result, "faces": [_with_replaced_people(face, replace_person) for face in result["faces"]]}
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=changed))


def replace_in_classes(connection: Connection, guild_id: int, old: int, new: int) -> None:
    """Give the classes of data sets and models that are one person's to another; the names of the classes stay."""
    for row in connection.execute(select(datasets).where(datasets.c.guild_id == guild_id)).all():
        before = row.manifest["classes"]
        classes = [[name, new if person_id == old else person_id, count] for name, person_id, count in before]
        if classes != before:
            changed = update(datasets).where(datasets.c.id == row.id)
            connection.execute(changed.values(manifest={**row.manifest, "classes": classes}))
    for row in connection.execute(select(versions).where(versions.c.guild_id == guild_id)).all():
        pairs = [[name, new if person_id == old else person_id] for name, person_id in row.card["classes"]]
        if pairs != row.card["classes"]:
            changed = update(versions).where(versions.c.id == row.id)
            connection.execute(changed.values(card={**row.card, "classes": pairs}))


def unused_people(connection: Connection, guild_id: int, person_ids: Collection[int]) -> dict[int, str]:
    """Return, by id, the names of those of these people who are in no label, data set or model, and were not added."""
    unused = set(person_ids) - {NOBODY}
    unused -= set(connection.execute(select(labels.c.person_id).where(labels.c.person_id.in_(unused))).scalars())
    for (manifest,) in connection.execute(select(datasets.c.manifest).where(datasets.c.guild_id == guild_id)):
        unused -= {person_id for _, person_id, _ in manifest["classes"]}
    for (card,) in connection.execute(select(versions.c.card).where(versions.c.guild_id == guild_id)):
        unused -= {person_id for _, person_id in card["classes"]}
    names = select(people.c.id, people.c.name).where(people.c.guild_id == guild_id, people.c.id.in_(unused))
    names = names.where(~people.c.added)
    return {row.id: row.name for row in connection.execute(names.order_by(people.c.key))}


def _people_in(face: Mapping[str, Any]) -> set[int | None]:
    withheld = face.get("withheld")
    return {face["person_id"], *(candidate[0] for candidate in face["top"]), withheld[0] if withheld else None}


def _with_replaced_people(face: Mapping[str, Any], replace_person: ReplacePerson) -> Mapping[str, Any]:
    named = replace_person(face["person_id"], face["name"]) if face["person_id"] is not None else None
    person_id, name = named or (None, None)
    top: dict[int, Sequence[Any]] = {}
    for candidate_id, candidate_name, probability in face["top"]:
        candidate = replace_person(candidate_id, candidate_name)
        if candidate is not None:
            top.setdefault(candidate[0], [*candidate, probability])
    replaced = {**face, "person_id": person_id, "name": name, "top": list(top.values())}
    if withheld := face.get("withheld"):
        candidate = replace_person(withheld[0], withheld[1])
        replaced["withheld"] = None if candidate is None else [*candidate, withheld[2]]
    return replaced
