"""How the years change a person: a child's proportions, an adult's, and what time does to a face.

Growth follows what anthropometry reports of heads (Farkas 1994, Anthropometry of the Head and Face): eyes and brain
case are nearly grown at six, while nose, mouth and jaw grow until the end of the teens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from portraits.people.traits import Colour, Traits

YOUNGEST, OLDEST = 3.0, 90.0
_GROWN = 20.0  # from then on a face's shape is an adult's
_FIRST_LINES = 25.0  # skin is at its firmest before
_FIRST_BEARD = 18.0  # years; full six years later
_MAX_SAG = 2.0  # at 85; with half of it dlib's age network takes people of 82 for 45, with it for 61
_MAX_RECEDE = 0.32  # half heads that a hairline goes back in 35 years: a high forehead, with hair left on the crown

# Of an adult's trait at the age of three, as a factor; traits that are not named are the same at every age.
_CHILD: Mapping[str, float] = {
    "jaw_square": 0.0,
    "chin_length": 0.86,
    "chin_width": 0.8,
    "chin_out": 0.5,
    "cheekbone": 0.3,
    "eye_width": 1.12,
    "eye_open": 1.22,
    "eye_deep": 0.35,
    "iris_size": 1.18,
    "brow_thick": 0.6,
    "brow_dark": 0.7,
    "brow_ridge": 0.0,
    "nose_length": 0.74,
    "nose_width": 0.84,
    "nose_bridge": 0.75,
    "nose_out": 0.55,
    "mouth_width": 0.74,
    "lip_upper": 0.8,
    "lip_lower": 0.85,
    "lashes": 0.3,
    "ear_size": 0.95,
    "neck": 0.78,
    "shoulders": 0.7,
    "stubble": 0.0,
}
# Of an adult's trait at ninety.
_OLD: Mapping[str, float] = {
    "eye_open": 0.66,
    "iris_size": 0.86,
    "brow_y": 0.88,
    "brow_dark": 0.7,
    "lashes": 0.4,
    "nose_length": 1.10,
    "nose_width": 1.14,
    "mouth_width": 1.05,
    "lip_upper": 0.45,
    "lip_lower": 0.6,
    "ear_size": 1.14,
    "blush": 0.5,
    "cheek_full": 0.3,
}
# (years, `Traits.age`): how lined the skin is.
_LINES = ((3.0, -0.25), (15.0, 0.0), (25.0, 0.12), (40.0, 0.40), (55.0, 0.70), (70.0, 0.95), (90.0, 1.2))


@dataclass(frozen=True, slots=True)
class Ageing:
    """How a person ages, in years.

    Hair begins to grey at `grey_from`. A man's hairline goes back from `recede_from` on, None: never. `lead` is how
    many years older than their age people look once they are grown.
    """

    grey_from: float
    recede_from: float | None = None
    lead: float = 0.0


def traits_at(adult: Traits, ageing: Ageing, years: float) -> Traits:
    """Return the traits at an age of a person whose traits at 25 are given, with the beard that a grown man wears."""
    growth = _fraction(years, YOUNGEST, _GROWN)
    decline = _fraction(years + ageing.lead, _FIRST_LINES, OLDEST)
    changed: dict[str, Any] = {name: getattr(adult, name) for name in {*_CHILD, *_OLD}}
    for factors, weight in ((_CHILD, 1 - growth), (_OLD, decline)):
        changed |= {name: changed[name] * (1 + (factor - 1) * weight) for name, factor in factors.items()}
    changed["cheek_full"] += 0.05 * (1 - growth)
    changed["jaw_taper"] = adult.jaw_taper + (0.34 - adult.jaw_taper) * (1 - growth) - 0.05 * decline
    changed["eye_deep"] += 0.07 * decline
    changed["blush"] += 0.15 * (1 - growth)
    changed["mouth_y"] = _mouth(adult, changed)
    beard = _fraction(years, _FIRST_BEARD, _FIRST_BEARD + 6)
    return replace(
        adult,
        **changed,
        beard=adult.beard * beard,
        moustache=adult.moustache * beard,
        age=_curve(years + ageing.lead * growth),
        sag=_sag(years + ageing.lead),
        grey=_fraction(years, ageing.grey_from, ageing.grey_from + 25),
        recede=_recede(ageing.recede_from, years),
        lips=_towards(adult.lips, adult.skin, 0.4 * decline),
    )


def _sag(years: float) -> float:
    """Slow at first, then faster."""
    fraction = _fraction(years, _FIRST_LINES, 85)
    return _MAX_SAG * fraction * (0.6 + 0.4 * fraction)


def _recede(since: float | None, years: float) -> float:
    return 0.0 if since is None else _MAX_RECEDE * _fraction(years, since, since + 35)


def _mouth(adult: Traits, changed: Mapping[str, float]) -> float:
    """Keep the mouth at the person's own fraction of the way from nose to chin."""
    nose, chin = adult.eye_y - adult.nose_length, -adult.chin_length
    fraction = (adult.mouth_y - nose) / (chin - nose)
    nose, chin = adult.eye_y - changed["nose_length"], -changed["chin_length"]
    return nose + (chin - nose) * fraction


def _fraction(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _curve(years: float) -> float:
    """Interpolate `_LINES`; before the first and after the last its value."""
    for (low, before), (high, after) in pairwise(_LINES):
        if years <= high:
            return before + (after - before) * _fraction(years, low, high)
    return _LINES[-1][1]


def _towards(colour: Colour, other: Colour, fraction: float) -> Colour:
    red, green, blue = (a + (b - a) * fraction for a, b in zip(colour, other, strict=True))
    return red, green, blue
