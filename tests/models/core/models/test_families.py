"""The table of families, and the presets that its trainers know."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.presets import CAAE, CNN, DCGAN, EMBEDDING, OPTIONS, PRESETS, REAGE, VAE
from core.domain.training.runs import RunKind
from core.models.caae.presets import CAAE_PRESETS
from core.models.cnn.presets import CNN_PRESETS
from core.models.common import weights_file
from core.models.dcgan.presets import DCGAN_PRESETS
from core.models.families import FAMILIES, load_ager, load_generator, load_head, make_trainer
from core.models.reage.presets import REAGE_PRESETS
from core.models.vae.presets import VAE_PRESETS

NETWORKS = {CNN: CNN_PRESETS, DCGAN: DCGAN_PRESETS, VAE: VAE_PRESETS, CAAE: CAAE_PRESETS, REAGE: REAGE_PRESETS}
KINDS = {CNN: RunKind.RECOGNISER, DCGAN: RunKind.DCGAN, VAE: RunKind.VAE, CAAE: RunKind.CAAE, REAGE: RunKind.REAGE}


def test_a_run_may_name_what_the_networks_have_and_nothing_else() -> None:
    named = [preset for presets in PRESETS.values() for preset in presets]
    assert {preset.head for preset in named} == FAMILIES.keys()
    for head, presets in NETWORKS.items():
        assert {preset.name: preset.steps for preset in named if preset.head == head} == {
            name: preset.steps for name, preset in presets.items()
        }


@pytest.mark.parametrize("head", NETWORKS)
def test_each_option_of_a_kind_but_the_fold_is_a_field_of_its_presets(head: str) -> None:
    options = {name for name, kinds in OPTIONS.items() if KINDS[head] in kinds} - {"fold"}
    assert all(hasattr(preset, name) for preset in NETWORKS[head].values() for name in options)


@pytest.mark.parametrize("family", [*FAMILIES, "forest"])
def test_what_a_family_does_not_make_is_bad_weights(family: str) -> None:
    empty = weights_file.dump({}, {})
    version = SimpleNamespace(architecture=f"{family}-new", config={}, classes=(), number=1)
    with pytest.raises(OmokageError) as no_head:
        load_head(version, empty)  # type: ignore[arg-type]
    with pytest.raises(OmokageError) as no_generator:
        load_generator(f"{family}-new", {}, empty)
    with pytest.raises(OmokageError) as no_ager:
        load_ager(f"{family}-new", {}, empty)
    assert {error.value.code for error in (no_head, no_generator, no_ager)} == {ErrorCode.BAD_WEIGHTS}


def test_a_head_that_a_later_version_brought_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(OmokageError) as refused:
        make_trainer(SimpleNamespace(config={"head": "forest"}), None, None)  # type: ignore[arg-type]
    assert refused.value.details["allowed"] == ", ".join((EMBEDDING, CNN, DCGAN, VAE, REAGE, CAAE))
