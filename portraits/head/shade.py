"""Light on surfaces: a key with soft shadows, sky and ground around, gloss, and skin that lets red light through."""

from __future__ import annotations

import numpy as np

from portraits.head.surface import Head, Hits, height_above
from portraits.rendering.fields import Field, mix, step
from portraits.rendering.paint import Paint, spread
from portraits.rendering.scene import Light, Scene

Normal = tuple[Field, Field, Field]
_SHADOW_STEPS = (0.06, 0.13, 0.22, 0.34, 0.5)  # half heads towards the light; a nose reaches no further


def shade(light: Light, paint: Paint, normal: Normal, sky: Field, lit: Field) -> Field:
    """The light (3, k) that points send to the camera.

    Args:
        normal: in the camera's space, each (k,).
        sky: the share (k,) of the surroundings that a point sees.
        lit: the share (k,) of the key that reaches it.
    """
    nx, ny, nz = normal
    lx, ly, lz = light.towards
    facing = nx * lx + ny * ly + nz * lz
    wraps = spread((0.42, 0.24, 0.16)) * paint.soft
    diffuse = np.clip((facing + wraps) / (1 + wraps), 0, 1)
    # Where a shadow ends, red light comes through the skin a little further.
    reach = np.minimum(lit * (1 + 0.6 * wraps), 1)
    around = mix(spread(light.ground), spread(light.sky), 0.5 + 0.5 * ny) * sky
    colour = paint.colour * (spread(light.key) * diffuse * reach + around)
    colour += _gloss(light, paint, normal) * (lit * sky) * spread(light.key)
    edge = (1 - np.clip(nz, 0, 1)) ** 2
    colour += paint.colour * (edge * edge * 0.35 * np.clip(0.5 - nx * lx, 0, 1)) * spread(light.sky)
    result: Field = colour + paint.glow * (0.35 + 0.65 * lit)
    return result


def shade_flat(light: Light, paint: Paint, nx: Field, ny: Field, sky: Field) -> Field:
    """Shade what is drawn as a flat layer with made-up slopes; the shadows on it are in `sky` already."""
    nz = np.sqrt(np.maximum(1 - nx * nx - ny * ny, 0.08))
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    return shade(light, paint, (nx / length, ny / length, nz / length), sky, np.clip(sky * 1.2 - 0.1, 0, 1))


def _gloss(light: Light, paint: Paint, normal: Normal) -> Field:
    """A broad and a narrow highlight around the half vector."""
    hx, hy, hz = light.towards[0], light.towards[1], light.towards[2] + 1
    length = (hx * hx + hy * hy + hz * hz) ** 0.5
    along = np.clip((normal[0] * hx + normal[1] * hy + normal[2] * hz) / length, 0, 1)
    a2 = along * along
    a8 = a2 * a2 * a2 * a2
    a32 = a8 * a8 * a8 * a8
    result: Field = paint.gloss * (0.10 * a8 + 0.16 * a32)
    return result


def key_reaching(head: Head, hits: Hits, scene: Scene) -> Field:
    """The share (k,) of the key light that nothing of the head keeps from each point."""
    axes = (scene.pose.right, scene.pose.up, scene.pose.out)
    towards = [sum(scene.light.towards[i] * axis[k] for i, axis in enumerate(axes)) for k in range(3)]
    lit = np.ones_like(hits.sky)
    for far in _SHADOW_STEPS:
        gap = height_above(head, *(hits.point[k] + far * towards[k] for k in range(3)))
        # The further away what blocks the light, the softer its shadow.
        lit = np.minimum(lit, step(-0.5 * far, 0.28 * far, gap))
    return lit
