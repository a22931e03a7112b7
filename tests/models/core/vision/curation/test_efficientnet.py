"""EfficientNet-Lite0 in Keras computes what the package's own network in PyTorch does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.vision.curation.efficientnet import CLASSES, GRID, SIDE, ImageNetClassifier, load_network
from core.vision.curation.torch_file import TorchFileError


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


def test_another_file_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "other.pth").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(TorchFileError, match="not the weights"):
        load_network(tmp_path / "other.pth")
