"""Which pictures an ageing model is told apart from its own, on drawn people and pictures of nobody."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.models.ageing.gradient_histograms import FEATURES, gradient_histograms
from core.models.ageing.typicality import PREFIX, Typicality, drawn_distribution, fit_typicality
from core.vision.detection.detect import load_detector
from core.vision.textures.textures import textures
from core.vision.views import Framing, View, render_view
from portraits import default_people
from portraits.portraits import portrait


@cache
def drawn_faces() -> NDArray[np.uint8]:
    """Return a face of each default person as the view FACE shows it: (12, 96, 96, 3)."""
    detector = load_detector(threads=1)
    faces = []
    for person in default_people():
        image = portrait(person, 300, 192).image
        faces.append(render_view(View(Framing.FACE, 96), image, detector.detect(image)[0].landmarks))
    return np.stack(faces)


def scrawl(seed: int) -> NDArray[np.uint8]:
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (96, 96), (250, 245, 235))
    for _ in range(8):
        points = [tuple(point) for point in random.integers(0, 96, (5, 2)).tolist()]
        ImageDraw.Draw(image).line(points, fill=tuple(random.integers(0, 150, 3).tolist()), width=2)
    return np.asarray(image)


def blurred_pictures(count: int) -> NDArray[np.uint8]:
    """Return pictures with soft edges at the same places, which stand in for photos: (N, 96, 96, 3)."""
    random = np.random.default_rng(0)
    common = random.normal(128, 60, (12, 12, 3))
    coarse = np.clip(common + random.normal(0, 15, (count, 12, 12, 3)), 0, 255).astype(np.uint8)
    return np.stack([np.asarray(Image.fromarray(each).resize((96, 96), Image.Resampling.BICUBIC)) for each in coarse])


def typicality_of(pictures: NDArray[np.uint8]) -> Typicality:
    return Typicality.from_tensors(fit_typicality(pictures, np.arange(len(pictures)) % 5 == 0))


def test_light_and_contrast_hardly_change_what_a_picture_is_described_by() -> None:
    picture = blurred_pictures(1)
    darker = (picture * 0.6).astype(np.uint8)
    histograms = gradient_histograms(np.concatenate([picture, darker]))
    assert histograms.shape == (2, FEATURES)
    assert np.abs(histograms[0] - histograms[1]).max() < 0.1 * histograms.max()


def test_a_mirrored_picture_has_the_mirrored_histograms() -> None:
    plain = gradient_histograms(drawn_faces()[:1])[0].reshape(8, 8, 6)
    flipped = gradient_histograms(drawn_faces()[:1, :, ::-1])[0].reshape(8, 8, 6)
    assert np.allclose(flipped, plain[:, ::-1][..., (-np.arange(6)) % 6], atol=1e-4)


def test_a_picture_of_another_size_is_scaled() -> None:
    picture = drawn_faces()[0]
    larger = np.asarray(Image.fromarray(picture).resize((192, 192), Image.Resampling.BICUBIC))
    same, scaled = gradient_histograms(picture[None])[0], gradient_histograms(larger[None])[0]
    assert np.abs(same - scaled).mean() < 0.1 * same.mean()


def test_pictures_as_those_of_the_training_are_typical() -> None:
    pictures = blurred_pictures(300)
    assert (typicality_of(pictures).score(pictures) >= 1).mean() >= 0.99


def test_scrawls_are_not_typical() -> None:
    scores = typicality_of(blurred_pictures(120)).score(np.stack([scrawl(seed) for seed in range(10)]))
    assert (scores < 1).all()


def test_drawn_people_are_not_typical_of_photos_and_lie_near_other_drawn_people() -> None:
    assert (typicality_of(blurred_pictures(120)).score(drawn_faces()) < 1).all()
    drawn = drawn_distribution().distances(gradient_histograms(drawn_faces()))
    textured = drawn_distribution().distances(gradient_histograms(textures(0, 20)[:, 32:128, 32:128]))
    scrawls = drawn_distribution().distances(gradient_histograms(np.stack([scrawl(seed) for seed in range(10)])))
    assert drawn.max() < scrawls.min()
    assert drawn.max() < np.median(textured)


def test_a_score_does_not_depend_on_the_pictures_beside_it() -> None:
    typicality = typicality_of(drawn_faces())
    together = typicality.score(drawn_faces())
    assert np.allclose(typicality.score(drawn_faces()[3:4]), together[3:4], rtol=1e-3)
    assert typicality.score(drawn_faces()[:0]).shape == (0,)


def test_its_tensors_are_small_and_found_among_others() -> None:
    tensors = fit_typicality(blurred_pictures(400), np.arange(400) < 50)
    assert all(name.startswith(PREFIX) for name in tensors)
    assert sum(tensor.nbytes for tensor in tensors.values()) < 100_000
    Typicality.from_tensors({"network/kernel": np.zeros(3, np.float32), **tensors})


def test_without_held_out_pictures_the_threshold_is_set_by_those_that_it_is_fitted_to() -> None:
    pictures = blurred_pictures(40)
    tensors = fit_typicality(pictures, np.zeros(40, bool))
    assert (Typicality.from_tensors(tensors).score(pictures) >= 1).all()


def test_nothing_is_fitted_to_nothing() -> None:
    with pytest.raises(ValueError, match="no picture"):
        fit_typicality(blurred_pictures(3), np.ones(3, bool))


def test_tensors_that_do_not_belong_together_are_refused() -> None:
    tensors = fit_typicality(blurred_pictures(40), np.arange(40) < 5)
    with pytest.raises(ValueError, match="no distribution"):
        Typicality.from_tensors(tensors | {PREFIX + "mean": np.zeros(3, np.float32)})
    with pytest.raises(KeyError):
        Typicality.from_tensors({})


def test_real_faces_of_all_ages_are_typical_of_each_other_and_drawn_ones_are_not(shared_data: Path) -> None:
    files = sorted((shared_data / "age").glob("*.jpg"))[::24]
    pictures = [Image.open(file).convert("RGB").resize((96, 96), Image.Resampling.BICUBIC) for file in files]
    faces = np.stack([np.asarray(picture) for picture in pictures])
    held_out = np.arange(len(faces)) % 4 == 0
    typicality = Typicality.from_tensors(fit_typicality(faces, held_out))
    assert (typicality.score(faces[held_out]) >= 1).mean() >= 0.99
    assert (typicality.score(drawn_faces()) < 1).all()
