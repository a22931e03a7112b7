"""The twelve: which face shape of each role was chosen."""

from __future__ import annotations

from core.starter.roles import played

# As `python -m core.starter.search` printed them; after a change of roles, ranges or drawing, search again.
PICKS = (
    21,  # Haru
    18,  # Mina
    25,  # Otis
    34,  # Saskia
    35,  # Kenji
    3,  # Amara
    8,  # Lukas
    3,  # Yuki
    35,  # Rosa
    30,  # Tariq
    23,  # Ines
    39,  # Leo
)

CAST = tuple(played(number, attempt) for number, attempt in enumerate(PICKS, 1))
