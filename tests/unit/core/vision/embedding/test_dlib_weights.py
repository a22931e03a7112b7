from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from core.vision.embedding.dlib_format import DlibNetwork, read_network
from core.vision.embedding.dlib_weights import fold, load_weights, weights_path
from core.vision.embedding.weight_files import WeightFileError


@pytest.fixture(scope="module")
def network() -> DlibNetwork:
    return read_network(weights_path().read_bytes())


def test_the_installed_file_has_29_convolutions_and_a_dense_layer() -> None:
    weights = load_weights()
    assert len(weights.convolutions) == 29
    assert [kernel.shape for kernel, _ in weights.convolutions[:2]] == [(7, 7, 3, 32), (3, 3, 32, 32)]
    assert all(bias.shape == kernel.shape[-1:] for kernel, bias in weights.convolutions)
    assert weights.dense.shape == (256, 128)


def test_the_package_that_carries_the_file_is_not_imported() -> None:
    weights_path()
    assert "face_recognition_models" not in sys.modules


def test_folding_equals_normalise_convolve_scale(network: DlibNetwork) -> None:
    convolution, affine = network.layers[:2]
    kernel = convolution.params[:-32].reshape(32, 3, 7, 7)
    gamma, beta = affine.params.reshape(2, 32)
    patch = np.random.default_rng(0).integers(0, 256, (7, 7, 3)).astype(np.float64)  # one window of pixels

    seen = ((patch - network.means) / 256).transpose(2, 0, 1)
    expected = ((kernel * seen).sum((1, 2, 3)) + convolution.params[-32:]) * gamma + beta

    folded, bias = fold(network).convolutions[0]
    assert np.einsum("hwi,hwio->o", patch, folded) + bias == pytest.approx(expected, abs=1e-3)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(WeightFileError, match=r"none\.dat"):
        load_weights(tmp_path / "none.dat")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999999])
def test_a_truncated_download_is_refused(tmp_path: Path, share: float) -> None:
    data = weights_path().read_bytes()
    path = tmp_path / "cut.dat"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(WeightFileError):
        load_weights(path)


def test_the_landmark_predictor_beside_it_is_refused() -> None:
    with pytest.raises(WeightFileError):
        load_weights(weights_path().with_name("shape_predictor_5_face_landmarks.dat"))


def test_another_architecture_is_refused(network: DlibNetwork) -> None:
    fewer = dataclasses.replace(network, layers=network.layers[:-2])
    with pytest.raises(WeightFileError, match="128 layers, not 130"):
        fold(fewer)
    swapped = dataclasses.replace(network, layers=(network.layers[1], network.layers[0], *network.layers[2:]))
    with pytest.raises(WeightFileError, match="layer 0"):
        fold(swapped)


def test_a_parameter_that_is_not_a_number_is_refused(network: DlibNetwork) -> None:
    first = network.layers[0]
    params = first.params.copy()
    params[5] = np.nan
    broken = dataclasses.replace(network, layers=(dataclasses.replace(first, params=params), *network.layers[1:]))
    with pytest.raises(WeightFileError, match="not numbers"):
        fold(broken)
