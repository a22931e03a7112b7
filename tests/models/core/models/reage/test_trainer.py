from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.domain.errors import ErrorCode, OmokageError
from core.models.common import weights_file
from core.models.common.backend import make_deterministic
from core.models.families import load_ager
from core.models.reage.trainer import make_reage_trainer
from tests.models.core.models.reage.builders import (
    CONFIG,
    COUNT,
    SIZE,
    ages,
    analysers,
    critics,
    dataset,
    pictures,
    reader,
    run,
)

STEPS = 8


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    make_deterministic()


def made(known: Any = None, **changes: Any) -> Any:
    return make_reage_trainer(run(STEPS, **changes), dataset(), known or reader(), critics, analysers())


@pytest.fixture(scope="module")
def trainer() -> Iterator[Any]:
    with closing(made()) as one:
        yield one


def test_a_run_goes_on_from_its_snapshot_bit_for_bit_and_leaves_a_model(trainer: Any) -> None:
    for _ in range(3):
        trainer.advance()
    saved = trainer.save_state()
    for _ in range(STEPS - 3):
        trainer.advance()
    after, _ = weights_file.load(trainer.save_state())
    with closing(made()) as second:
        second.restore(saved)
        assert second.step == 3
        for _ in range(STEPS - 3):
            second.advance()
        again, _ = weights_file.load(second.save_state())
    assert all((after[name] == again[name]).all() for name in after)

    draft = trainer.finish()
    assert draft.architecture == "reage-64"
    assert set(draft.metrics) == {"age_error", "age_slope", "identity_kept", "identity_kept_far"}
    assert draft.config["framing"] == "face"
    ager = load_ager(draft.architecture, draft.config, draft.weights)
    faces, present = pictures()[:9], ages()[:9]
    whole = ager.change(faces, present, np.full(9, 60, np.float32))
    alone = ager.change(faces[4:5], present[4:5], np.full(1, 60, np.float32))
    assert whole.delta.shape == (9, SIZE, SIZE, 3)
    assert np.allclose(whole.delta[4], alone.delta[0], atol=1e-3)
    assert ((whole.mask >= 0) & (whole.mask <= 1)).all()
    assert ager.typicality(faces).shape == (9,)


def test_the_sheet_shows_people_in_rows_and_ages_in_columns(trainer: Any) -> None:
    with Image.open(io.BytesIO(trainer.sample())) as sheet:
        width, height = sheet.size
    assert width >= 9 * SIZE
    assert height >= 8 * SIZE


def test_pictures_without_a_face_or_an_age_are_not_learnt_from() -> None:
    unknown = ages()
    unknown[:10] = np.nan
    has_face = np.arange(COUNT) >= 20
    with closing(made(reader(ages=unknown, found=has_face))) as one:
        assert one._training._rows.min() >= 20


@pytest.mark.parametrize("known", [{"ages": np.full(COUNT, np.nan, np.float32)}, {"found": np.zeros(COUNT, bool)}])
def test_without_ages_or_faces_there_is_nothing_to_learn(known: dict[str, np.ndarray]) -> None:
    with pytest.raises(OmokageError) as refused:
        made(reader(**known))
    assert refused.value.code is ErrorCode.DATASET_UNFIT


def test_a_damaged_model_is_refused(trainer: Any) -> None:
    draft = trainer.finish()
    tensors, meta = weights_file.load(draft.weights)
    tensors.pop(next(name for name in tensors if name.startswith("unet/")))
    for config, weights in (
        (draft.config, weights_file.dump(tensors, meta)),
        ({**draft.config, "channels": [5000]}, draft.weights),
    ):
        with pytest.raises(OmokageError) as refused:
            load_ager(draft.architecture, config, weights)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_options_of_a_run_change_the_preset() -> None:
    assert made(config={**CONFIG, "batch": 9})._preset.batch == 9
