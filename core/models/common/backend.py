"""The few lines that TensorFlow and PyTorch do differently: gradients, compilation, what the processor is good at.

Everything else in the models is `keras.ops`. `KERAS_BACKEND` chooses, before Keras is imported; TensorFlow is the
default, and what is installed and tested. XLA is off: it made training on two CPU cores slower, see docs/benchmarks.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from core.settings import Settings

_POLICIES = {"FLOAT32": "float32", "BFLOAT16": "mixed_bfloat16"}  # values of OMOKAGE_PRECISION; AUTO: by the machine
Tensors: TypeAlias = Mapping[str, Any]
# A batch -> (the loss, a scalar; figures to report, scalars).
Compute: TypeAlias = Callable[..., tuple[Any, Tensors]]
# The same with a loss for each of several networks.
ComputeLosses: TypeAlias = Callable[..., tuple[Sequence[Any], Tensors]]
# Keras variables, and Keras' optimiser that is built for them.
Trainable: TypeAlias = tuple[Sequence[Any], Any]


class Step(Protocol):
    """One training step on a batch of arrays."""

    def __call__(self, *batch: NDArray[Any]) -> Tensors:
        """Change the variables; return figures that stay on the device until they are read."""


class Forward(Protocol):
    """A network as a function of arrays whose first dimension may differ from call to call."""

    def __call__(self, *batch: NDArray[Any]) -> NDArray[Any]:
        """Without gradients."""


class Gradient(Protocol):
    """A loss of arrays, with its gradient by the first of them."""

    def __call__(self, *batch: NDArray[Any]) -> tuple[Mapping[str, NDArray[Any]], tuple[NDArray[Any], ...]]:
        """Return the figures, and the gradient by each input, shaped as the input is."""


def make_step(
    compute: Compute, variables: Sequence[Any], optimizer: Any, after: Callable[[], None] = lambda: None
) -> Step:
    """Compile a training step.

    Args:
        compute: from the batch's tensors to the loss and the figures.
        variables: what is trained, Keras variables.
        optimizer: Keras', built for these variables.
        after: runs in the step once the variables have changed (moving averages).
    """

    def single_loss(*batch: Any) -> tuple[Sequence[Any], Tensors]:
        loss, figures = compute(*batch)
        return [loss], figures

    return make_adversarial_step(single_loss, [(variables, optimizer)], after)


def make_adversarial_step(
    compute: ComputeLosses, networks: Sequence[Trainable], after: Callable[[], None] = lambda: None
) -> Step:
    """Compile a step in which the variables of each network follow a loss of their own, all by the same batch.

    Args:
        compute: from the batch's tensors to a loss for each network and the figures.
        networks: as many as losses.
        after: runs in the step once the variables have changed.
    """
    return _BACKENDS[keras.backend.backend()].make_adversarial_step(compute, networks, after)


def make_forward(function: Callable[..., Any]) -> Forward:
    """Compile a function of tensors that changes nothing."""
    return _BACKENDS[keras.backend.backend()].make_forward(function)


def make_gradient(compute: Compute, inputs: int) -> Gradient:
    """Compile the gradient of a loss by its inputs; no variable changes.

    Args:
        compute: from the batch's tensors to the loss, a scalar, and the figures, tensors of any shape.
        inputs: by how many of the first arrays, which are of floats; the loss depends on each.
    """
    return _BACKENDS[keras.backend.backend()].make_gradient(compute, inputs)


def to_numpy(tensor: Any) -> NDArray[Any]:
    """Return a tensor or a Keras variable as an array; waits for the device."""
    return _BACKENDS[keras.backend.backend()].to_numpy(getattr(tensor, "value", tensor))


def best_policy() -> str:
    """Return Keras' dtype policy in which this machine trains fastest: bfloat16 where the processor computes in it.

    Where it does not, it is emulated, and takes five times as long as float32. OMOKAGE_PRECISION overrides the choice,
    so that one machine can test what the other kind does.

    Raises:
        SettingsError: OMOKAGE_PRECISION is no precision.
    """
    forced = _POLICIES.get(Settings.from_env().precision)
    return forced or ("mixed_bfloat16" if _BACKENDS[keras.backend.backend()].has_bfloat16() else "float32")


def make_deterministic() -> None:
    """Let the same batches give the same weights, bit for bit, on a CPU."""
    _BACKENDS[keras.backend.backend()].make_deterministic()


class _TensorFlow:
    @staticmethod
    def make_adversarial_step(compute: ComputeLosses, networks: Sequence[Trainable], after: Callable[[], None]) -> Step:
        import tensorflow as tf  # only one of the two is installed

        def step(*batch: Any) -> Tensors:
            with tf.GradientTape(persistent=len(networks) > 1) as tape:
                losses, figures = compute(*batch)
            gradients = [tape.gradient(loss, variables) for loss, (variables, _) in zip(losses, networks, strict=True)]
            for gradient, (variables, optimizer) in zip(gradients, networks, strict=True):
                optimizer.apply(gradient, variables)
            after()
            return figures

        return tf.function(step, autograph=False, reduce_retracing=True)  # type: ignore[no-any-return]

    @staticmethod
    def make_forward(function: Callable[..., Any]) -> Forward:
        import tensorflow as tf

        compiled = tf.function(function, autograph=False, reduce_retracing=True)
        return lambda *batch: np.asarray(compiled(*(tf.convert_to_tensor(array) for array in batch)).numpy())

    @staticmethod
    def make_gradient(compute: Compute, inputs: int) -> Gradient:
        import tensorflow as tf

        def input_gradients(*batch: Any) -> tuple[Tensors, list[Any]]:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(batch[:inputs])
                loss, figures = compute(*batch)
            return figures, tape.gradient(loss, batch[:inputs])

        compiled = tf.function(input_gradients, autograph=False, reduce_retracing=True)

        def gradient(*batch: NDArray[Any]) -> tuple[Mapping[str, NDArray[Any]], tuple[NDArray[Any], ...]]:
            figures, gradients = compiled(*map(tf.convert_to_tensor, batch))
            return {name: figure.numpy() for name, figure in figures.items()}, tuple(each.numpy() for each in gradients)

        return gradient

    @staticmethod
    def to_numpy(tensor: Any) -> NDArray[Any]:
        return np.asarray(tensor.numpy())

    @staticmethod
    def has_bfloat16() -> bool:
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        if not gpus:
            return _cpu_has_bfloat16()
        capability = tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0))
        return bool(capability >= (8, 0))  # Ampere

    @staticmethod
    def make_deterministic() -> None:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


class _Torch:
    @staticmethod
    def make_adversarial_step(compute: ComputeLosses, networks: Sequence[Trainable], after: Callable[[], None]) -> Step:
        import torch

        parameters = [[variable.value for variable in variables] for variables, _ in networks]

        def step(*batch: NDArray[Any]) -> Tensors:
            losses, figures = compute(*(keras.ops.convert_to_tensor(array) for array in batch))
            shared = len(networks) > 1
            gradients = [
                torch.autograd.grad(loss, values, retain_graph=shared)
                for loss, values in zip(losses, parameters, strict=True)
            ]
            with torch.no_grad():
                for gradient, (variables, optimizer) in zip(gradients, networks, strict=True):
                    optimizer.apply(list(gradient), variables)
                after()
            return {name: figure.detach() for name, figure in figures.items()}

        return step

    @staticmethod
    def make_forward(function: Callable[..., Any]) -> Forward:
        import torch

        def forward(*batch: NDArray[Any]) -> NDArray[Any]:
            with torch.no_grad():
                return np.asarray(function(*map(keras.ops.convert_to_tensor, batch)).cpu().numpy())

        return forward

    @staticmethod
    def make_gradient(compute: Compute, inputs: int) -> Gradient:
        import torch

        def gradient(*batch: NDArray[Any]) -> tuple[Mapping[str, NDArray[Any]], tuple[NDArray[Any], ...]]:
            tensors = [keras.ops.convert_to_tensor(array) for array in batch]
            differentiated = [tensor.requires_grad_() for tensor in tensors[:inputs]]
            loss, figures = compute(*tensors)
            gradients = torch.autograd.grad(loss, differentiated)
            host = {name: np.asarray(figure.detach().cpu().numpy()) for name, figure in figures.items()}
            return host, tuple(np.asarray(each.cpu().numpy()) for each in gradients)

        return gradient

    @staticmethod
    def to_numpy(tensor: Any) -> NDArray[Any]:
        return np.array(tensor.detach().cpu().numpy())  # a copy: the training goes on

    @staticmethod
    def has_bfloat16() -> bool:
        import torch

        return torch.cuda.is_bf16_supported() if torch.cuda.is_available() else _cpu_has_bfloat16()

    @staticmethod
    def make_deterministic() -> None:
        import torch

        torch.use_deterministic_algorithms(True)


_BACKENDS: Mapping[str, type[_TensorFlow | _Torch]] = {"tensorflow": _TensorFlow, "torch": _Torch}


def _cpu_has_bfloat16() -> bool:
    """Read Linux' list of the processor's features; elsewhere False: float32 is never wrong, only slower."""
    path = Path("/proc/cpuinfo")
    flags = path.read_text("utf-8", "replace") if path.exists() else ""
    return re.search(r"\b(avx512_bf16|amx_bf16)\b", flags) is not None
