"""Attacks of the Adversarial Robustness Toolbox (MIT), on the same pixels, with our bounds, steps and gradients.

The library sees pictures of 0 to 255 and a head that classifies what would be posted of them; what it does with
the gradients is its own. Importing this module loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from art.attacks.evasion.auto_projected_gradient_descent import AutoProjectedGradientDescent
from art.attacks.evasion.projected_gradient_descent.projected_gradient_descent_numpy import (
    ProjectedGradientDescentNumpy,
)
from art.estimators.classification.classifier import ClassGradientsMixin, ClassifierMixin
from art.estimators.estimator import BaseEstimator, LossGradientsMixin

from core.vision.gradients.viewpoints import viewpoint_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.models.attack.differentiable_heads import DifferentiableHead, HeadGradients

SEED = 0


def pgd(estimator: _Head, epsilon: int, steps: int) -> Any:
    """Build PGD (Madry et al. 2018) from the picture itself, in steps of a quarter of the bound."""
    return ProjectedGradientDescentNumpy(
        estimator, eps=float(epsilon), eps_step=max(1.0, epsilon / 4), max_iter=steps, targeted=True,
        num_random_init=0, batch_size=1, verbose=False,
    )  # fmt: skip


def auto_pgd(estimator: _Head, epsilon: int, steps: int) -> Any:
    """Build AutoPGD, with adaptive steps (Croce and Hein 2020), from one random start, and from twice the bound."""
    return AutoProjectedGradientDescent(
        estimator, eps=float(epsilon), eps_step=2.0 * epsilon, max_iter=steps, targeted=True, nb_random_init=1,
        batch_size=1, verbose=False,
    )  # fmt: skip


def as_attack(make: Callable[[_Head, int, int], Any]) -> Callable[..., list[NDArray[np.uint8]]]:
    """Return an attack of the library as a `core.models.attack.robustness.AttackFn`; it changes a picture at a time."""

    def attack_pictures(
        head: DifferentiableHead,
        pictures: Sequence[NDArray[np.uint8]],
        faces: Sequence[DetectedFace | None],
        targets: NDArray[np.intp],
        *,
        epsilon: int,
        steps: int,
    ) -> list[NDArray[np.uint8]]:
        np.random.seed(SEED)  # the library draws from the global state
        changed = []
        for picture, face, target in zip(pictures, faces, targets, strict=True):
            attack = make(_Head(head, picture.shape, face), epsilon, steps)
            adversarial = attack.generate(picture[None].astype(np.float32), np.array([target]))[0]
            changed.append(_posted(adversarial, picture.astype(np.int16), epsilon))
        return changed

    return attack_pictures


class _Head(ClassGradientsMixin, ClassifierMixin, LossGradientsMixin, BaseEstimator):  # type: ignore[misc]
    """A head that classifies one face in pictures of one shape; its logits are logarithms of probabilities."""

    def __init__(self, head: DifferentiableHead, shape: tuple[int, ...], face: DetectedFace | None) -> None:
        super().__init__(model=None, clip_values=(0.0, 255.0))
        self._head = head
        self._shape = shape
        self._viewpoint = viewpoint_of((shape[0], shape[1]), head.view_specs, face)
        self.nb_classes = len(head.classes) + 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Return the shape of a picture: (H, W, 3)."""
        return self._shape

    def predict(self, x: NDArray[np.float32], **_: Any) -> NDArray[np.float64]:
        """Return logits (1, classes + 1), "unknown" last; the library skips a picture that is the target already."""
        return np.asarray(np.log(np.maximum(self._head.probabilities(self._rendered(x), closed=False), 1e-30)))

    def loss_gradient(self, x: NDArray[np.float32], y: NDArray[Any], **_: Any) -> NDArray[np.float32]:
        """Return the gradient of the cross entropy: (1, H, W, 3)."""
        gradients = self._gradients(x, y)
        total = np.zeros(self._shape, np.float32)
        self._viewpoint.add_backward(
            [None if gradient is None else gradient[0] for gradient in gradients.gradients], total
        )
        return total[None]

    def compute_loss(self, x: NDArray[np.float32], y: NDArray[Any], **_: Any) -> NDArray[np.float64]:
        """Return the cross entropy: (1,)."""
        return self._gradients(x, y).losses

    def fit(self, *_: Any, **__: Any) -> None:
        """Raise NotImplementedError: nothing is trained."""
        raise NotImplementedError

    class_gradient = save = fit

    def _gradients(self, x: NDArray[np.float32], y: NDArray[Any]) -> HeadGradients:
        target = y.argmax(1) if y.ndim == 2 else y.astype(np.intp)
        return self._head.loss_gradients(self._rendered(x), target, closed=False)

    def _rendered(self, x: NDArray[np.float32]) -> list[NDArray[np.uint8]]:
        picture = np.clip(np.round(x[0]), 0, 255).astype(np.uint8)
        return [view[None] for view in self._viewpoint.render(picture)]


def _posted(adversarial: NDArray[np.float32], before: NDArray[np.int16], epsilon: int) -> NDArray[np.uint8]:
    near = np.clip(np.round(adversarial), before - epsilon, before + epsilon)
    return np.asarray(np.clip(near, 0, 255), np.uint8)
