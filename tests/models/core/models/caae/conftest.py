"""The preset `light` as small as tests need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.models.caae import presets
from core.models.common.backend import make_deterministic
from tests.models.core.models.caae.builders import TINY


@pytest.fixture(scope="module")
def tiny() -> Iterator[None]:
    make_deterministic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets.CAAE_PRESETS, "light", TINY)  # type: ignore[arg-type]
        yield
