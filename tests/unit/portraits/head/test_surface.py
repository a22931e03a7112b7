from __future__ import annotations

import numpy as np
import pytest

from portraits import StarterPerson, default_people
from portraits.head.surface import Head, Hits, cast_rays, height_above, model
from portraits.people.traits import Variation
from portraits.rendering.scene import make_scene, pose

PIXEL = 1 / 60


def camera() -> tuple[np.ndarray, np.ndarray]:
    line = (np.arange(180, dtype=np.float32) - 89.5) * np.float32(PIXEL)
    v, u = np.meshgrid(-line, line, indexing="ij")
    return u, v


def seen(person: StarterPerson, m: Variation) -> tuple[Head, Hits]:
    head = model(person.traits, m, 144)
    return head, cast_rays(head, make_scene(person.traits, m, 1 / PIXEL), *camera())


def test_everything_is_computed_in_single_precision() -> None:
    """Double precision would double the time and memory; one stray constant is enough to cause it."""
    head, hits = seen(default_people()[10], Variation(seed=1, yaw=0.2))
    assert head.radius.dtype == head.channels.dtype == np.float32
    assert {field.dtype for field in (hits.cover, hits.depth, *hits.point, *hits.normal)} == {np.dtype(np.float32)}


def test_the_axes_of_a_pose_stand_at_right_angles() -> None:
    p = pose(Variation(seed=1, yaw=0.4, pitch=-0.1, roll=0.15))
    axes = np.array([p.right, p.up, p.out])
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-8)
    assert np.linalg.det(axes) == pytest.approx(1)


def test_a_head_that_looks_ahead_stands_in_the_middle() -> None:
    assert pose(Variation(seed=1)).centre == (0, 0)


@pytest.mark.parametrize("person", default_people(), ids=lambda person: person.name)
@pytest.mark.parametrize("yaw", [-0.5, 0.0, 0.5])
def test_rays_end_on_the_surface_and_leave_no_holes(person: StarterPerson, yaw: float) -> None:
    head, hits = seen(person, Variation(seed=1, yaw=yaw))
    whole = hits.cover > 0.99
    gap = np.abs(height_above(head, *hits.point))[whole]
    assert np.quantile(gap, 0.98) < PIXEL
    filled = np.zeros((180, 180), bool)
    filled[hits.rows, hits.columns] = True
    for row in filled[40:112]:  # down to the mouth; beside the chin there may be sky between face and hair
        inside = np.flatnonzero(row)
        assert len(inside) == 0 or len(inside) > 0.9 * (inside[-1] - inside[0] + 1)


def test_normals_of_what_is_seen_are_of_length_1_and_mostly_face_the_camera() -> None:
    _, hits = seen(default_people()[0], Variation(seed=1, yaw=0.3))
    nx, ny, nz = hits.normal
    assert np.quantile(np.abs(nx * nx + ny * ny + nz * nz - 1), 0.95) < 0.1
    assert (nz > 0).mean() > 0.95


def test_a_turned_head_shows_its_nose_on_the_other_side() -> None:
    sides = []
    for yaw in (-0.4, 0.4):
        _, hits = seen(default_people()[0], Variation(seed=1, yaw=yaw))
        nose = np.abs(hits.face[0]) + np.abs(hits.face[1] + 0.3)
        sides.append(int(hits.columns[np.argmin(nose)]))
    assert abs((sides[0] - 90) + (sides[1] - 90)) < 8
    assert abs(sides[0] - sides[1]) > 20
