"""EfficientNet-Lite0 in Keras computes what the package's own network in PyTorch does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.vision.curation.efficientnet import (
    CLASSES,
    GRID,
    SIDE,
    ImageNetClassifier,
    build_features,
    load_network,
    weights_path,
)
from core.vision.curation.torch_file import TorchFileError, read_tensors


@pytest.fixture(scope="module")
def network() -> ImageNetClassifier:
    return load_network()


def test_features_and_kinds_are_those_of_the_network_in_pytorch(network: ImageNetClassifier) -> None:
    # Given a picture that everybody can make, and what efficientnet-lite-pytorch 0.1.0 says of it
    y, x = np.mgrid[:SIDE, :SIDE]
    image = np.stack([x, y, x * y // SIDE], 2).astype(np.uint8)
    features = network.features(image)
    assert features.shape == (GRID, GRID, 1280)
    assert float(features.sum()) == pytest.approx(4950.755, rel=1e-4)
    assert float(features[0, 6].sum()) == pytest.approx(77.025, rel=1e-3)
    kinds = network.kinds(features)
    assert kinds.shape == (CLASSES,)
    assert np.argsort(-kinds)[:3].tolist() == [818, 782, 604]
    assert np.sort(kinds)[::-1][:3] == pytest.approx([0.0526, 0.0243, 0.0184], abs=2e-4)
    assert float(kinds.sum()) == pytest.approx(1)


def test_the_maps_of_the_stages_are_those_on_the_way_to_the_last_layer(network: ImageNetClassifier) -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, SIDE, SIDE, 3)).astype(np.uint8)
    fine, last = (np.asarray(each) for each in build_features(SIDE, (1, 6))(image.astype(np.float32)))
    assert fine.shape == (1, SIDE // 4, SIDE // 4, 24)
    tensors = read_tensors(weights_path().read_bytes())
    scale = tensors["_bn1.weight"] / np.sqrt(tensors["_bn1.running_var"] + 1e-3)
    head = (last[0] @ tensors["_conv_head.weight"][:, :, 0, 0].T - tensors["_bn1.running_mean"]) * scale
    assert np.allclose(np.clip(head + tensors["_bn1.bias"], 0, 6), network.features(image[0]), atol=1e-3)


def test_features_are_learnt_no_further_and_any_side_will_do() -> None:
    model = build_features(64, (0, 2))
    assert not model.trainable_variables
    assert [each.shape[1:] for each in model.outputs] == [(32, 32, 16), (8, 8, 40)]


def test_another_file_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "other.pth").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(TorchFileError, match="not the weights"):
        load_network(tmp_path / "other.pth")
