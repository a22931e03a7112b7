"""Portraits and group photos of the default people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from portraits.people.traits import StarterPerson, Variation
from portraits.picture import Box, draw_person
from portraits.rendering.fields import Field
from portraits.rendering.scene import make_scene
from portraits.scenery.backdrop import backdrop
from portraits.scenery.crowd import place_heads
from portraits.variations import make_variation

SMALLEST = 96  # below this there is no face left to find
# Smaller ones are drawn at twice their size and averaged: an eyelash of half a pixel then stays a shade, not a speck.
_SUPERSAMPLE_BELOW = 256


@dataclass(frozen=True, slots=True)
class StarterPicture:
    """A drawn photo.

    `image` is (H, W, 3) uint8 RGB; `boxes` hold the faces from the hairline to the chin, in pixels, and `people` tells
    whose they are.
    """

    image: NDArray[np.uint8]
    boxes: tuple[Box, ...]
    people: tuple[StarterPerson, ...]


def portrait(person: StarterPerson, seed: int, size: int = 512) -> StarterPicture:
    """One person, head and shoulders, in a square picture; the same seed gives the same bytes.

    Pose, light, expression, looks and background follow from the seed and do not depend on the size.

    Raises:
        ValueError: `size` is below 96 pixels.
    """
    if size < SMALLEST:
        raise ValueError(f"a portrait has at least {SMALLEST} pixels, not {size}")
    fine = 2 if size < _SUPERSAMPLE_BELOW else 1
    rng = np.random.Generator(np.random.PCG64((seed, person.id, 1)))
    x, y, scale = (float(value) for value in rng.random(3))
    side = size * fine
    looks = make_variation(person.traits, seed, person.id)
    canvas = backdrop(looks.seed, side, side)
    place = (side * (0.46 + 0.08 * x), side * (0.455 + 0.03 * y))
    box = draw_person(canvas, make_scene(person.traits, looks, side * (0.27 + 0.035 * scale)), place)
    image = to_srgb(_downsample(canvas, fine), seed)
    return StarterPicture(image, (Box(box.x / fine, box.y / fine, box.w / fine, box.h / fine),), (person,))


def group(people: Sequence[StarterPerson], seed: int, width: int = 1024, height: int = 768) -> StarterPicture:
    """Two to eight people in one picture, faces 48 to 300 pixels high; boxes in the order of `people`.

    Raises:
        ValueError: another number of people, or a picture in which their faces would be smaller than 48 pixels.
    """
    spots = place_heads(len(people), seed, width, height)
    canvas = backdrop(seed, height, width)
    scene = make_variation(people[0].traits, seed, 0)
    boxes: dict[int, Box] = {}
    for spot in sorted(spots, key=lambda spot: spot.scale):  # who is further away is drawn first
        person = people[spot.index]
        looks = _lit_alike(make_variation(person.traits, seed, person.id), scene)
        boxes[spot.index] = draw_person(canvas, make_scene(person.traits, looks, spot.scale), (spot.x, spot.y))
    return StarterPicture(to_srgb(canvas, seed), tuple(boxes[i] for i in range(len(people))), tuple(people))


def _lit_alike(m: Variation, scene: Variation) -> Variation:
    """Return the variation in the scene's light: one lamp for all."""
    light = {name: getattr(scene, name) for name in ("light_x", "light_y", "key", "ambient", "warmth")}
    return replace(m, **light)


def _downsample(canvas: Field, by: int) -> Field:
    if by == 1:
        return canvas
    channels, height, width = canvas.shape
    blocks = canvas.reshape(channels, height // by, by, width // by, by)
    # Written out, because the order in which `mean` adds depends on the machine.
    upper, lower = blocks[:, :, 0, :, 0] + blocks[:, :, 0, :, 1], blocks[:, :, 1, :, 0] + blocks[:, :, 1, :, 1]
    result: Field = (upper + lower) * np.float32(0.25)
    return result


def to_srgb(canvas: Field, seed: int) -> NDArray[np.uint8]:
    """A linear canvas as 8-bit sRGB (its square root), with a soft shoulder and a touch of grain."""
    bright = canvas * (1 + canvas * 0.12) / (1 + canvas * 0.30)
    grain = np.random.Generator(np.random.PCG64((seed, 3))).random(canvas.shape[1:], np.float32) - 0.5
    values = np.sqrt(np.clip(bright, 0, 1)) * 255 + grain * 2.2
    return np.ascontiguousarray(np.clip(values + 0.5, 0, 255).astype(np.uint8).transpose(1, 2, 0))
