"""Computes something on the first GPU, and prints as JSON how long it took: `python -m core.models.common.gpu_check`.

A process of its own, because a driver that does not fit may hang or end the process that asks it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from core.models.common.devices import list_gpus

_SIZE = 4096  # of a matrix: 137 billion operations, some milliseconds on a GPU and a second or more on a processor
_STEPS = 20
_BATCH, _SIDE, _CHANNELS = 64, 64, 32  # pictures a step, pixels, channels of a convolution: as of a small CNN of ours
_GPU, _CPU = "/GPU:0", "/CPU:0"
_TOLERANCE = 0.02  # of the largest number in a product; GPUs that round to 10 bits (TF32) err by less than a thousandth


def check_gpu(device: str = _GPU) -> dict[str, Any]:
    """Multiply two matrices and train a small network on a device.

    Returns:
        `tensorflow`: its version; `gpus`: names of all that it uses; `built_with_cuda`. Nothing else where there is no
        GPU. Otherwise `used`: where the product was computed; times in milliseconds: `first_product_ms` with all that
        is loaded for it, `product_ms`, `cpu_product_ms`, `first_step_ms`, `step_ms`; `is_right`: the product is that of
        the processor; `learns`: the loss is a number and became smaller.
    """
    cuda = bool(tf.test.is_built_with_cuda())
    report: dict[str, Any] = {"tensorflow": tf.__version__, "gpus": list_gpus(), "built_with_cuda": cuda}
    if device == _GPU and not report["gpus"]:
        return report
    return {**report, **_check_product(device), **_check_training(device)}


def _check_product(device: str) -> dict[str, Any]:
    numbers = np.random.default_rng(0)
    left, right = (numbers.standard_normal((_SIZE, _SIZE), dtype=np.float32) for _ in range(2))

    def multiply(where: str) -> tuple[Any, float, float]:
        with tf.device(where):
            a, b = tf.identity(left), tf.identity(right)
            tf.reduce_sum(a + b).numpy()  # so that copying them is not timed
            _, first_ms = _timed(lambda: tf.linalg.matmul(a, b))
            product, warm_ms = _timed(lambda: tf.linalg.matmul(a, b))
        return product, first_ms, warm_ms

    product, first_ms, warm_ms = multiply(device)
    expected, _, cpu_ms = multiply(_CPU)
    error = float(np.abs(product.numpy() - expected.numpy()).max() / np.abs(expected.numpy()).max())
    return {
        "used": product.device.rpartition("device:")[2],
        "first_product_ms": first_ms,
        "product_ms": warm_ms,
        "cpu_product_ms": cpu_ms,
        "is_right": error < _TOLERANCE,
    }


def _check_training(device: str) -> dict[str, Any]:
    """Fit a convolution and a dense layer to random labels by gradient descent: of such steps trainings consist."""
    numbers = np.random.default_rng(1)
    with tf.device(device):
        pictures = tf.constant(numbers.standard_normal((_BATCH, _SIDE, _SIDE, 3)), tf.float32)
        labels = tf.constant(numbers.integers(0, 10, _BATCH))
        kernel = tf.Variable(numbers.standard_normal((3, 3, 3, _CHANNELS)) / 5, dtype=tf.float32)
        weights = tf.Variable(numbers.standard_normal((_CHANNELS, 10)) / 5, dtype=tf.float32)

        @tf.function  # type: ignore[untyped-decorator]
        def step() -> Any:
            with tf.GradientTape() as tape:
                features = tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(pictures, kernel, 1, "SAME")), axis=(1, 2))
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, tf.matmul(features, weights))
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, (kernel, weights))
            for variable, gradient in zip((kernel, weights), gradients, strict=True):
                variable.assign_sub(0.1 * gradient)
            return loss

        first, first_ms = _timed(step)
        timed = [_timed(step) for _ in range(_STEPS)]
    losses = [float(first), *(float(loss) for loss, _ in timed)]
    return {
        "first_step_ms": first_ms,
        "step_ms": sorted(ms for _, ms in timed)[_STEPS // 2],
        "learns": bool(np.isfinite(losses).all() and losses[-1] < losses[0]),
    }


def _timed(compute: Callable[[], Any]) -> tuple[Any, float]:
    """Return a tensor, and the milliseconds until its content is computed."""
    began = time.perf_counter()
    tensor = compute()
    tf.reduce_sum(tensor).numpy()  # waits: Python goes on while kernels run
    return tensor, round(1000 * (time.perf_counter() - began), 2)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(check_gpu()) + "\n")
