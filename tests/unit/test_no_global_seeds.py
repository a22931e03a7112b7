"""Random numbers of the product come from generators that it makes, never from global state.

Threads share global state: a seed that one of them sets means nothing once another draws.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "cli", "core", "sandbox", "worker")
GLOBAL = re.compile(
    r"(?<!`)set_random_seed\(|set_seed\(|\brandom\.seed\(|manual_seed\("
    r"|\b(?:np|numpy)\.random\.(?!default_rng\b|Generator\b|SeedSequence\b|Philox\b|PCG64\b|BitGenerator\b)[a-z]"
    r"|\b(?:tf|keras)\.random\.(?:normal|uniform|shuffle)\((?!.*seed=)"
)


@pytest.mark.parametrize("line", ["keras.utils.set_random_seed(3)", "np.random.seed(1)", "x = np.random.rand(3)"])
def test_global_random_state_is_seen(line: str) -> None:
    assert GLOBAL.search(line)


def test_the_product_draws_from_no_global_random_state() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in PRODUCT
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if GLOBAL.search(line)
    ]
    assert not lines
