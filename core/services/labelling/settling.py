"""Write what the votes say of faces, and label those that they settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.domain.labelling.cards import settled_person
from core.domain.labelling.consensus import SOMEBODY_ELSE, posterior
from core.domain.people import Label, LabelProvenance
from core.storage import labelling_rows as rows
from core.storage.people.face_rows import copies_of_face_id
from core.storage.people.label_rows import add_label

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.domain.labelling.voters import Voter

CONSENSUS = "consensus"  # `source` of the labels that votes have given, with the card's number


def settle(
    connection: Connection,
    guild_id: int,
    face_ids: Sequence[int],
    voters: Mapping[int, Voter],
    now: datetime,
    *,
    card_id: int | None = None,
    by: int = 0,
) -> dict[int, int]:
    """Write what the votes say of open faces, and label those that they settle; return these, with the person.

    Args:
        connection: of a transaction that holds the lock of the guild's people.
        guild_id: whose faces.
        face_ids: which.
        voters: of the guild, by member.
        now: when the labels are given.
        card_id: whose answer decides; None: the voters were judged anew.
        by: the member who gave it.
    """
    reliabilities = {member_id: voter.reliability for member_id, voter in voters.items()}
    provenance = LabelProvenance(by, 0, None, source_of(card_id), now)
    settled: dict[int, int] = {}
    for face_id, evidence in rows.evidence_of(connection, guild_id, face_ids, muted(voters)).items():
        probabilities = posterior(evidence, reliabilities)
        person = settled_person(probabilities, evidence.responses)
        rows.save_posterior(connection, face_id, probabilities, person, None if person is None else card_id)
        if person is None:
            continue
        settled[face_id] = person
        if person != SOMEBODY_ELSE:
            copies = copies_of_face_id(connection, face_id)
            add_label(connection, guild_id, copies, person, Label.IS, provenance=provenance)
    return settled


def muted(voters: Mapping[int, Voter]) -> set[int]:
    """Return the members whose votes count for nothing."""
    return {member_id for member_id, voter in voters.items() if voter.muted_at is not None}


def source_of(card_id: int | None) -> str:
    """Return the `source` of labels that a card's answer gives."""
    return CONSENSUS if card_id is None else f"{CONSENSUS}:{card_id}"
