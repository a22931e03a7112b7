"""One person onto a picture, from the back to the front."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portraits.head.curtain import curtain
from portraits.head.ears import draw_ears
from portraits.head.eyes import paint_eyes
from portraits.head.facial_hair import paint_beard, paint_brows
from portraits.head.locks import paint_hair, sheen
from portraits.head.mouth import paint_mouth
from portraits.head.shade import key_reaching, shade
from portraits.head.skin import paint_skin
from portraits.head.surface import Head, Hits, cast_rays, model
from portraits.people.traits import Traits
from portraits.rendering.fields import Field, mix
from portraits.rendering.scene import Layer, Scene
from portraits.scenery.body import body
from portraits.scenery.glasses import glasses

_JUMP = 0.06  # half heads; a slope rises less from pixel to pixel
_FAR, _NEAR = -9.0, 9.0  # depths behind and before everything
# Points of the texture for half a head of one pixel: two a pixel on the face. No more than 440 a side: nothing finer is
# in the relief. No fewer than 96: the nose would lose its wings.
_TEXTURE = (2.4, 96, 440)


@dataclass(frozen=True, slots=True)
class Box:
    """A drawn face's rectangle in pixels of the picture, from the hairline to the chin, origin at the top left."""

    x: float
    y: float
    w: float
    h: float


def draw_person(canvas: Field, scene: Scene, place: tuple[float, float]) -> Box:
    """Draw a person onto a linear canvas (3, H, W), in place, the upright head's centre at `place` (x, y) in pixels.

    Returns the face's box, from the hairline to the chin.
    """
    scale = 1 / scene.pixel
    rows = np.arange(max(0, int(place[1] - 1.75 * scale)), canvas.shape[1])
    columns = np.arange(max(0, int(place[0] - 2.3 * scale)), min(canvas.shape[2], int(place[0] + 2.3 * scale) + 1))
    v, u = np.meshgrid((place[1] - 0.5 - rows) / scale, (columns + 0.5 - place[0]) / scale, indexing="ij")
    u, v = u.astype(np.float32), v.astype(np.float32)
    window = canvas[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    low = slice(int(np.count_nonzero(v[:, 0] > 0.2)), None)
    _cover(window[:, low], curtain(scene, u[low], v[low]))
    _cover(window[:, low], body(scene, u[low], v[low]))
    _cover(window[:, low], curtain(scene, u[low], v[low], start=-0.2))
    high = slice(0, int(np.count_nonzero(v[:, 0] > -1.5)))
    wide = _span(np.abs(u[0] - scene.pose.centre[0]) < 1.45)
    hits = _draw_head(window[:, high, wide], scene, u[high, wide], v[high, wide])
    # Once more over the ends of the hair on the head, below the cheeks.
    _cover(window[:, low], curtain(scene, u[low], v[low], start=-0.72))
    return _box(scene.traits, hits, rows[0], columns[wide][0])


def _span(inside: NDArray[np.bool_]) -> slice:
    """From the first to the last true value."""
    places = np.flatnonzero(inside)
    return slice(int(places[0]), int(places[-1]) + 1)


def _cover(window: Field, layer: Layer | None) -> None:
    if layer is not None:
        window[:] = mix(window, layer.colour, layer.cover)


def _draw_head(window: Field, scene: Scene, u: Field, v: Field) -> Hits:
    u, v = u - np.float32(scene.pose.centre[0]), v - np.float32(scene.pose.centre[1])
    finest, fewest, most = _TEXTURE
    head = model(scene.traits, scene.variation, int(min(most, max(fewest, finest / scene.pixel))))
    hits = cast_rays(head, scene, u, v)
    colour = _lit_head(scene, head, hits)
    # Ears twice: behind the head's soft outline, and again what of them stands before the head.
    near = np.full(u.shape, _FAR, np.float32)
    draw_ears(window, near, scene, u, v)
    window[:, hits.rows, hits.columns] = mix(window[:, hits.rows, hits.columns], colour, hits.cover)
    near[:] = _NEAR
    near[hits.rows, hits.columns] = hits.depth
    _soften(window, near)
    draw_ears(window, near, scene, u, v)
    _cover(window, glasses(scene, u, v))
    return hits


def _lit_head(scene: Scene, head: Head, hits: Hits) -> Field:
    x, y, z = hits.face
    paint = paint_skin(scene, x, y, z)
    paint_beard(scene, paint, x, y, z)
    paint_mouth(scene, paint, x, y)
    paint_brows(scene, paint, x, y)
    paint_eyes(scene, paint, x, y)
    share = paint_hair(scene, paint, hits)
    paint.glow *= 1 - share
    lit = key_reaching(head, hits, scene)
    return shade(scene.light, paint, hits.normal, hits.sky, lit) + sheen(scene, hits, share, lit)


def _soften(window: Field, near: Field) -> None:
    """Average the pixels where the head's depth jumps, in place: a nose before a cheek, hair before a face."""
    jump = np.zeros(near.shape, bool)
    across, down = np.abs(np.diff(near, axis=1)) > _JUMP, np.abs(np.diff(near, axis=0)) > _JUMP
    jump[:, 1:] |= across
    jump[:, :-1] |= across
    jump[1:] |= down
    jump[:-1] |= down
    jump[0], jump[-1], jump[:, 0], jump[:, -1] = False, False, False, False
    j, i = np.nonzero(jump)
    sides = window[:, j - 1, i] + window[:, j + 1, i] + window[:, j, i - 1] + window[:, j, i + 1]
    corners = window[:, j - 1, i - 1] + window[:, j - 1, i + 1] + window[:, j + 1, i - 1] + window[:, j + 1, i + 1]
    window[:, j, i] = window[:, j, i] * 0.25 + sides * 0.125 + corners * 0.0625


def _box(t: Traits, hits: Hits, top: int, left: int) -> Box:
    x, y, z = hits.face
    # Hair over the forehead belongs to the face's box, hair beside the cheeks does not.
    bare = (hits.hair < 0) | (np.abs(x) < 0.45)
    face = np.flatnonzero((y < t.forehead) & (z > 0.12) & bare & (hits.cover > 0.5))
    rows, columns = hits.rows[face] + top, hits.columns[face] + left
    return Box(float(columns.min()), float(rows.min()), float(np.ptp(columns) + 1), float(np.ptp(rows) + 1))
