"""Folding SFace's normalisations, block quantisation and signs into its kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.vision.embedding.sface_weights import CONVOLUTIONS, fold, load_sface_weights, sface_path
from core.vision.embedding.weight_files import WeightFileError
from core.vision.onnx_file import read_tensors


@pytest.fixture(scope="module")
def tensors() -> dict[str, np.ndarray]:
    return read_tensors(sface_path().read_bytes())


def test_each_layer_has_the_shapes_of_the_architecture():
    weights = load_sface_weights()
    for layer, of_layer in zip(CONVOLUTIONS, weights.convolutions, strict=True):
        assert of_layer.kernel.shape[:2] == (layer.size, layer.size)
        assert of_layer.bias.shape == of_layer.slopes.shape == (layer.filters,)
        assert np.isfinite(of_layer.kernel).all()
    assert weights.dense.shape == (7 * 7 * 1024, 128)
    assert weights.dense_bias.shape == (128,)


def test_the_notice_of_the_licence_lies_beside_the_weights_that_are_read():
    assert "Apache-2.0" in (sface_path().parent / "README.md").read_text()


def test_a_channel_whose_slope_is_above_1_is_negated_and_the_next_layer_makes_up_for_it(tensors):
    changed = dict(tensors)
    slopes = tensors["conv_1_relu_gamma"].copy()
    plain = fold({**changed, "conv_1_relu_gamma": np.minimum(slopes, 0.5)}).convolutions
    slopes[:] = np.minimum(slopes, 0.5)
    slopes[4] = 1.5
    negated = fold({**changed, "conv_1_relu_gamma": slopes}).convolutions
    assert (negated[0].kernel[..., 4] == -plain[0].kernel[..., 4]).all()
    assert negated[0].bias[4] == -plain[0].bias[4]
    assert (negated[1].kernel[:, :, 4] == -plain[1].kernel[:, :, 4]).all()
    assert (negated[1].kernel[:, :, 5] == plain[1].kernel[:, :, 5]).all()


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data[:500] + b"x" + data[501:], lambda _: b""])
def test_a_file_with_another_hash_is_refused_before_it_is_read(tmp_path: Path, change):
    path = tmp_path / "sface.onnx"
    path.write_bytes(change(sface_path().read_bytes()))
    with pytest.raises(WeightFileError, match="not the SFace network"):
        load_sface_weights(path)


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(WeightFileError, match=r"sface\.onnx cannot be read"):
        load_sface_weights(tmp_path / "sface.onnx")
