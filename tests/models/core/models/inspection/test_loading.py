from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.special import softmax

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.runs import RunKind
from core.models.cnn.head import load_cnn_head
from core.models.common import weights_file
from core.models.inspection.loading import InspectedNetwork, load_from_checkpoint, load_from_version
from tests.models.core.models.cnn.test_trainer import PEOPLE, Reader, made, run, trained


def version_of(draft: VersionDraft) -> Version:
    return Version(
        1, 5, RunKind.RECOGNISER, 3, 11, 1, "family v2", "ab" * 32, draft.architecture, draft.config, draft.classes,
        draft.metrics, draft.parts, "cd" * 32, len(draft.weights), 9, datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def chances(subject: InspectedNetwork, faces: np.ndarray, temperature: float) -> np.ndarray:
    """As the head answers: the mean of a picture's logits and its mirror image's, calibrated."""
    inputs = subject.inputs(faces)
    plain, mirrored = (np.asarray(subject.net(one)) for one in (inputs, inputs[:, :, ::-1]))
    return softmax((plain + mirrored) / 2 / temperature, axis=1)


@pytest.mark.parametrize("preset", ["slim", "gray", "modern"])
def test_what_is_inspected_is_the_network_that_answers_seeing_what_it_sees(preset: str) -> None:
    with closing(trained(3, preset=preset)) as trainer:
        saved, draft = trainer.save_state(), trainer.finish()
    version = version_of(draft)
    head = load_cnn_head(version, *weights_file.load(draft.weights))
    temperature = float(draft.config["temperature"])  # type: ignore[arg-type]
    for subject in (
        load_from_version(version, draft.weights),
        load_from_checkpoint(run(3, preset=preset), PEOPLE, saved),
    ):
        faces = subject.cut(Reader().images(subject.view))
        assert faces.shape[1:] == (32, 32, 3)
        np.testing.assert_allclose(chances(subject, faces, temperature), head.closed(faces), atol=1e-5)


def test_a_checkpoint_of_another_network_is_refused() -> None:
    with closing(made(1)) as trainer:
        saved = trainer.save_state()
    for other, people in ((run(1, preset="modern"), PEOPLE), (run(1), PEOPLE + 1), (run(1, preset="gray"), PEOPLE)):
        with pytest.raises(OmokageError) as refused:
            load_from_checkpoint(other, people, saved)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_a_file_that_is_cut_off_is_refused() -> None:
    with closing(made(1)) as trainer:
        saved, draft = trainer.save_state(), trainer.finish()
    with pytest.raises(OmokageError) as refused:
        load_from_checkpoint(run(1), PEOPLE, saved[:-3])
    assert refused.value.code is ErrorCode.BAD_WEIGHTS
    with pytest.raises(OmokageError) as refused:
        load_from_version(version_of(draft), draft.weights[:-3])
    assert refused.value.code is ErrorCode.BAD_WEIGHTS
