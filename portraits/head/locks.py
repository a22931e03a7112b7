"""How hair looks: strands that run from the crown, and the ring of light on them."""

from __future__ import annotations

import numpy as np

from portraits.head.hair import CROWN, STYLES, around_crown
from portraits.head.surface import Hits
from portraits.rendering.fields import Field, mix, noise, step
from portraits.rendering.paint import Paint, linear, spread
from portraits.rendering.scene import Scene, dot

_GREY = (0.50, 0.49, 0.48)


def hair_colour(scene: Scene) -> Field:
    """The linear colour (3, 1), with the person's grey and the day's."""
    grey = min(1.0, scene.traits.grey + max(0.0, scene.variation.age) * 0.25)
    return mix(spread(linear(scene.traits.hair)), spread(_GREY), grey)


def paint_hair(scene: Scene, paint: Paint, hits: Hits) -> Field:
    """Cover the skin with hair and ruffle the normals of `hits` along the strands; returns the hair's share (k,)."""
    style = STYLES[scene.traits.style]
    x, y, z = hits.point
    length = np.sqrt(x * x + y * y + z * z)
    x, y, z = x / length, y / length, z / length
    angle = around_crown(x, y, z)
    along = (y - CROWN[1]) * CROWN[1] + (z - CROWN[2]) * CROWN[2]
    fine = noise(angle * 46, along * 2.2, 91) * 0.6 + noise(angle * 105, along * 3.5, 92) * 0.4
    broad = noise(angle * 13, along * 1.5, 93)
    soft = max(0.018, scene.pixel)
    share = step(-soft, soft, hits.hair + 0.022 * fine * style.strands)
    grain = np.clip(1 + style.strands * (0.34 * fine + 0.20 * broad), 0.25, 2)
    paint.over(hair_colour(scene) * grain, share, gloss=0.0, soft=0.25)
    _ruffle(scene, hits, share * (0.45 * fine + 0.25 * broad) * style.strands)
    return share


def _ruffle(scene: Scene, hits: Hits, by: Field) -> None:
    """Tilt the normals to the sides of the strands, which run down from the crown, so that light plays on them."""
    p = scene.pose
    across = (p.right[0], p.up[0], p.out[0])
    tilted = [normal + by * aside for normal, aside in zip(hits.normal, across, strict=True)]
    length = np.sqrt(tilted[0] * tilted[0] + tilted[1] * tilted[1] + tilted[2] * tilted[2])
    for kept, new in zip(hits.normal, tilted, strict=True):
        kept[:] = new / length


def sheen(scene: Scene, hits: Hits, share: Field, lit: Field) -> Field:
    """Light (3, k) that strands throw back: most where they run across the half vector (Kajiya and Kay 1989)."""
    sine = _across_half_vector(scene, hits)
    s4 = sine * sine * sine * sine
    s16 = s4 * s4 * s4 * s4
    s64 = s16 * s16 * s16 * s16
    broken = 0.75 + 0.5 * noise(hits.point[0] * 30, hits.point[1] * 2.5, 94)
    seen = (
        share * STYLES[scene.traits.style].strands * (0.2 + 0.8 * lit) * hits.sky * np.clip(hits.normal[2] + 0.3, 0, 1)
    )
    tint = mix(hair_colour(scene), 1.0, 0.45)
    result: Field = tint * spread(scene.light.key) * ((0.05 * s16 + 0.16 * s64) * broken * seen)
    return result


def _across_half_vector(scene: Scene, hits: Hits) -> Field:
    """The sine of the angle between the strands and the half vector of light and view."""
    nx, ny, nz = hits.normal
    axis = [dot(CROWN, a) for a in (scene.pose.right, scene.pose.up, scene.pose.out)]
    inward = nx * axis[0] + ny * axis[1] + nz * axis[2]
    tx, ty, tz = axis[0] - nx * inward, axis[1] - ny * inward, axis[2] - nz * inward
    length = np.sqrt(tx * tx + ty * ty + tz * tz) + 1e-3
    # A little above the true half vector: the ring then sits where hair salons light it.
    towards = scene.light.towards
    hx, hy, hz = towards[0] * 0.7, towards[1] + 0.25, towards[2] + 1
    half = (hx * hx + hy * hy + hz * hz) ** 0.5
    along = (tx * hx + ty * hy + tz * hz) / (length * half)
    result: Field = np.sqrt(np.clip(1 - along * along, 0, 1))
    return result
