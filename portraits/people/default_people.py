"""The twelve default people: which face shape of each template was chosen."""

from __future__ import annotations

from portraits.people.templates import make_person

# Printed by `python -m core.services.starter.people_search`; after a change of roles, ranges or drawing, search again.
PICKS = (
    14,  # Haru
    26,  # Mina
    29,  # Otis
    22,  # Saskia
    38,  # Kenji
    27,  # Amara
    8,  # Lukas
    9,  # Yuki
    42,  # Rosa
    20,  # Tariq
    4,  # Ines
    37,  # Leo
)

DEFAULT_PEOPLE = tuple(make_person(number, attempt) for number, attempt in enumerate(PICKS, 1))
