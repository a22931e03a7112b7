"""The head's surface, and what the camera's pixels see of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portraits.head.hair import grow
from portraits.head.relief import Directions, directions, features, skull, texture_place
from portraits.people.traits import Traits, Variation
from portraits.rendering.fields import Field, blur, mix, step
from portraits.rendering.rays import Rays, near_head
from portraits.rendering.scene import Pose, Scene

_REACH = 1.75  # no hair reaches further from the head's centre


@dataclass(frozen=True, slots=True)
class Head:
    """A head as textures of n x n directions.

    `radius` is how far it reaches; `channels` (8, n, n) are the place on the face x, y, z, the normal x, y, z, the
    distance inside the hair's edge, and the share of the sky that the point sees.
    """

    n: int
    radius: Field
    channels: Field


@dataclass(frozen=True, slots=True)
class Hits:
    """The k pixels that show the head: `rows` and `columns`, and for each what is there.

    `cover` is the share of the pixel that the head fills, `depth` its distance towards the camera, `point` its place in
    head space, `face` that on the face without features, `normal` in the camera's space, `hair` and `sky` as in `Head`.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    cover: Field
    depth: Field
    point: tuple[Field, Field, Field]
    face: tuple[Field, Field, Field]
    normal: tuple[Field, Field, Field]
    hair: Field
    sky: Field


def model(t: Traits, m: Variation, n: int) -> Head:
    """The head's textures, n x n."""
    d = directions(n)
    base = skull(t, m, d)
    points = (base * d.x, base * d.y, base * d.z)
    skin = base + features(t, m, *points)
    hair = grow(t, m, d, skin, points)
    radius = skin + hair.depth
    return Head(n, radius, np.stack((*points, *_normals(d, radius), hair.cover, _sky(radius, n))))


def _normals(d: Directions, radius: Field) -> tuple[Field, Field, Field]:
    """Unit normals: the cross product of the surface's slopes along the texture's rows and columns."""
    px, py, pz = radius * d.x, radius * d.y, radius * d.z
    (xr, xc), (yr, yc), (zr, zc) = (np.gradient(p) for p in (px, py, pz))
    nx, ny, nz = yc * zr - zc * yr, zc * xr - xc * zr, xc * yr - yc * xr
    length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
    return nx / length, ny / length, nz / length


def _sky(radius: Field, n: int) -> Field:
    """How much sky a point sees, in [0.35, 1.1]: less in hollows, of two sizes."""
    fine = blur(radius, max(1, n // 90)) - radius
    coarse = blur(radius, max(2, n // 28)) - radius
    return np.clip(1 - 7.0 * fine - 3.2 * coarse, 0.35, 1.1)


def cast_rays(head: Head, scene: Scene, u: Field, v: Field) -> Hits:
    """Follow the rays through the camera points (u, v), both (h, w), relative to the head's centre.

    Every other ray of every other row is followed from far away; the others start where their neighbours ended.
    """
    coarse_u, coarse_v = u[::2, ::2], v[::2, ::2]
    start = np.sqrt(np.maximum(_REACH**2 - coarse_u * coarse_u - coarse_v * coarse_v, 0.0025))
    coarse = march(head, scene.pose, Rays.start(coarse_u.ravel(), coarse_v.ravel(), start.ravel()), steps=9)
    rows, columns, start = near_head(coarse, start.shape, 9 * scene.pixel, u.shape)
    rays = march(head, scene.pose, Rays.start(u[rows, columns], v[rows, columns], start), steps=6)
    seen = np.flatnonzero(rays.closest < scene.pixel)
    cover = step(1.1, 0.2, rays.closest[seen] / scene.pixel)
    return _hits(head, scene.pose, rays.part(seen), (rows[seen], columns[seen]), cover)


def _hits(head: Head, p: Pose, rays: Rays, at: tuple[NDArray[np.int64], NDArray[np.int64]], cover: Field) -> Hits:
    depth = rays.met()
    x, y, z = (rays.u * p.right[k] + rays.v * p.up[k] + depth * p.out[k] for k in range(3))
    sampled = sample(head.channels, *texture_place(x, y, z, np.sqrt(x * x + y * y + z * z), head.n))
    colours = (sampled[0], sampled[1], sampled[2])
    nx, ny, nz = (sampled[3] * axis[0] + sampled[4] * axis[1] + sampled[5] * axis[2] for axis in (p.right, p.up, p.out))
    return Hits(*at, cover, depth, (x, y, z), colours, (nx, ny, nz), sampled[6], sampled[7])


def march(head: Head, p: Pose, rays: Rays, steps: int) -> Rays:
    """Walk the rays, which start outside, to the head's surface."""
    _walk(head, p, rays, steps)
    # Rays that graze a nose or a curl are slow; they get more time.
    slow = rays.undecided()
    some = rays.part(slow)
    _walk(head, p, some, steps * 2)
    rays.put(slow, some)
    return rays


def _walk(head: Head, p: Pose, rays: Rays, steps: int) -> None:
    origin = [rays.u * p.right[k] + rays.v * p.up[k] for k in range(3)]
    for _ in range(steps):
        rays.advance(height_above(head, *(origin[k] + rays.depth * p.out[k] for k in range(3))))


def height_above(head: Head, x: Field, y: Field, z: Field) -> Field:
    """Distance (along the direction from the centre) of points from the head's surface; negative inside."""
    length = np.sqrt(x * x + y * y + z * z) + 1e-6
    result: Field = length - sample(head.radius[None], *texture_place(x, y, z, length, head.n))[0]
    return result


def sample(texture: Field, column: Field, row: Field) -> Field:
    """Bilinear lookup: texture (c, n, n) at k places gives (c, k)."""
    channels, n = texture.shape[0], texture.shape[2]
    i, j = column.astype(np.int32), row.astype(np.int32)
    fu, fv = column - i.astype(np.float32), row - j.astype(np.float32)
    first = j * n + i
    second, third, fourth = first + 1, first + n, first + (n + 1)
    result = np.empty((channels, len(column)), np.float32)
    for channel, values in enumerate(texture.reshape(channels, -1)):
        low = mix(values[first], values[second], fu)
        result[channel] = mix(low, mix(values[third], values[fourth], fu), fv)
    return result
