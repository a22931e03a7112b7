"""Which devices TensorFlow uses."""

from __future__ import annotations

import tensorflow as tf


def list_gpus() -> tuple[str, ...]:
    """Return the names of the GPUs that TensorFlow uses, as their driver calls them."""
    return tuple(
        str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name))
        for gpu in tf.config.list_physical_devices("GPU")
    )
