"""Both embedding networks as one: the unit vectors of dlib's ResNet and of SFace, weighted and joined.

dlib's network knows western celebrities best, SFace also East Asian faces; where they are joined, each makes up for
what the other does not see (docs/decisions/020-two-networks.md). The joint embedding has length 1, so that the squared
distance of two faces is the weighted sum of both networks' squared distances.
"""

from __future__ import annotations

import math
from typing import Any

import keras

# Squared distances of both networks' unit vectors count as 2 to 1. Accuracy is the same from 4 : 1 to 1 : 1, and this
# is between the likeliest weights of the 40 people (4 : 1) and of the idols (1 : 1), see decision 020.
DLIB_WEIGHT, SFACE_WEIGHT = math.sqrt(2 / 3), math.sqrt(1 / 3)


def build(dlib: Any, sface: Any) -> Any:
    """Build the Keras model of both networks, which stays differentiable.

    Args:
        dlib: Keras, pixels in [0, 255] (N, 150, 150, 3) -> (N, 128).
        sface: Keras, pixels in [0, 255] (N, 112, 112, 3) -> (N, 128).

    Returns:
        A model of the two pictures of each face -> the joint embedding (N, 256), and dlib's own (N, 128).
    """
    inputs = [keras.Input(network.input_shape[1:], dtype="float32") for network in (dlib, sface)]
    of_dlib, of_sface = dlib(inputs[0]), sface(inputs[1])
    parts = [keras.ops.normalize(of_dlib) * DLIB_WEIGHT, keras.ops.normalize(of_sface) * SFACE_WEIGHT]
    return keras.Model(inputs, [keras.ops.concatenate(parts, axis=-1), of_dlib], name="dlib_and_sface")
