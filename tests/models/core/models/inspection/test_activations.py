from __future__ import annotations

import keras
import numpy as np
import pytest

from core.models.inspection.activations import LayerActivity, hidden_layers, layer_activations, measure_layers


def two_layers() -> keras.Model:
    """Pixels -> 1x1 convolution of four channels -> three units; all weights are set by hand."""
    pixels = keras.Input((2, 2, 1))
    x = keras.layers.Conv2D(4, 1, activation="relu", name="block1_conv")(pixels)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(3, activation="relu", name="dense1")(x)
    model = keras.Model(pixels, keras.layers.Dense(2, name="logits")(x))
    # Channels: the pixel, its negative, nothing ever, always 1.
    conv = [np.array([[[[1, -1, 0, 0]]]], np.float32), np.array([0, 0, -1, 1], np.float32)]
    # Units: the sum of the first channel, dead, always 2.
    kernel = np.zeros((16, 3), np.float32)
    kernel[::4, 0] = 1
    model.get_layer("block1_conv").set_weights(conv)
    model.get_layer("dense1").set_weights([kernel, np.array([0, -5, 2], np.float32)])
    return model


PICTURES = np.array([[[1, 2], [3, 4]], [[-1, -2], [-3, 4]]], np.float32)[..., None]


def test_the_rectified_layers_are_found_and_the_logits_are_not() -> None:
    assert list(hidden_layers(two_layers())) == ["block1_conv", "dense1"]


def test_rectifiers_are_found_as_layers_as_activations_and_as_operations() -> None:
    x = inputs = keras.Input((4,))
    x = keras.layers.Dense(4, name="plain")(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU(name="a_relu")(x)
    x = keras.layers.Dense(4, activation="leaky_relu", name="leaky")(x)
    x = keras.layers.Activation("gelu", name="soft")(x)
    x = keras.ops.silu(keras.layers.Dense(4, name="gated")(x))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    assert list(hidden_layers(model))[:3] == ["a_relu", "leaky", "soft"]
    assert len(hidden_layers(model)) == 4


def test_sparsity_is_the_share_of_activations_that_are_not_above_zero() -> None:
    conv, dense = (one.activity for one in measure_layers(two_layers(), [(PICTURES, np.array([0, 1]))], 2))
    assert conv.by_channel == (3 / 8, 5 / 8, 1.0, 0.0)
    assert conv.sparsity == pytest.approx(0.5)
    assert (conv.places, conv.channels, conv.is_dense) == (4, 4, False)
    assert dense.by_channel == (0.0, 1.0, 0.0)
    assert (dense.places, dense.is_dense) == (1, True)


def test_dead_channels_are_named_and_those_that_fire_once_are_not() -> None:
    conv, dense = (one.activity for one in measure_layers(two_layers(), [(PICTURES, np.array([0, 1]))], 2))
    assert conv.dead == (2,)
    assert dense.dead == (1,)
    assert conv.active == pytest.approx((2 + 3) / 2)  # the negative fires in the second picture only
    assert dense.active == 2


def test_a_channel_that_never_changes_carries_nothing() -> None:
    conv, dense = (one.activity for one in measure_layers(two_layers(), [(PICTURES, np.array([0, 1]))], 2))
    assert conv.components == 2
    assert dense.components == 1


def test_batches_add_up_to_the_whole() -> None:
    model, random = two_layers(), np.random.default_rng(0)
    pictures, labels = random.normal(size=(37, 2, 2, 1)).astype(np.float32), random.integers(0, 5, 37)
    whole = measure_layers(model, [(pictures, labels)], 6)
    parts = measure_layers(model, [(pictures[at : at + 10], labels[at : at + 10]) for at in range(0, 37, 10)], 6)
    for one, other in zip(whole, parts, strict=True):
        assert one.activity.by_channel == other.activity.by_channel
        assert one.activity.components == other.activity.components
        np.testing.assert_allclose(one.by_person, other.by_person, rtol=1e-5)


def test_the_mean_for_each_person_is_over_that_persons_pictures_and_places() -> None:
    conv, dense = measure_layers(two_layers(), [(PICTURES, np.array([2, 0]))], 3)
    np.testing.assert_allclose(conv.by_person[:, 0], [1.0, 0.0, 2.5])
    np.testing.assert_allclose(dense.by_person[:, 0], [4.0, 0.0, 10.0])


def test_components_are_those_of_the_channels_covariance() -> None:
    random = np.random.default_rng(0)
    inputs = keras.Input((8,))
    model = keras.Model(inputs, keras.layers.Dense(8, activation="relu", name="same")(inputs))
    model.get_layer("same").set_weights([np.eye(8, dtype=np.float32), np.full(8, 100, np.float32)])
    three = random.normal(size=(400, 3)) @ random.normal(size=(3, 8))
    (flat,) = measure_layers(model, [(three.astype(np.float32), np.zeros(400, int))], 1)
    (full,) = measure_layers(model, [(random.normal(size=(400, 8)).astype(np.float32), np.zeros(400, int))], 1)
    assert flat.activity.components <= 3
    assert full.activity.components == 8


def test_activations_are_those_of_each_picture() -> None:
    maps = layer_activations(two_layers(), PICTURES)
    assert {name: values.shape for name, values in maps.items()} == {"block1_conv": (2, 2, 2, 4), "dense1": (2, 3)}
    np.testing.assert_array_equal(maps["block1_conv"][0, ..., 0], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(maps["dense1"][1], [4, 0, 2])


def test_a_net_in_half_precision_is_measured_too() -> None:
    inputs = keras.Input((4,))
    x = keras.layers.Dense(4, activation="relu", dtype="mixed_bfloat16")(inputs)
    (one,) = measure_layers(keras.Model(inputs, x), [(np.ones((3, 4), np.float32), np.zeros(3, int))], 1)
    assert one.by_person.dtype == np.float32


def test_layers_come_in_the_order_of_the_network() -> None:
    x = inputs = keras.Input((4,))
    for name in ("z", "m", "a"):
        x = keras.layers.Dense(4, activation="relu", name=name)(x)
    model = keras.Model(inputs, x)
    assert list(layer_activations(model, np.ones((1, 4), np.float32))) == ["z", "m", "a"]


def test_a_model_without_rectifiers_is_refused() -> None:
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match="rectifier"):
        measure_layers(keras.Model(inputs, keras.layers.Dense(2)(inputs)), [(np.ones((1, 4)), np.zeros(1, int))], 1)


def test_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        measure_layers(two_layers(), [], 1)


def layer(channels: int, active: float, components: int, places: int = 1) -> LayerActivity:
    return LayerActivity("x", channels, places, 1 - active / channels, (), (), active, components)


@pytest.mark.parametrize(
    ("measured", "width"),
    [
        (layer(1024, active=41, components=30), 88),  # system 1's first dense layer, 96 % zeros: it became 96
        (layer(256, active=64, components=50), 128),  # the second, 75 %: it became 128
        (layer(256, active=60, components=160), 160),  # few fire at a time, but each picture others
        (layer(128, active=64, components=64), None),
        (layer(108, active=108, components=66, places=36), 72),  # of a convolution nearly all fire somewhere
        (layer(64, active=0, components=0), 8),
    ],
)
def test_a_layer_could_be_as_narrow_as_what_it_carries(measured: LayerActivity, width: int | None) -> None:
    assert measured.narrow_to == width
