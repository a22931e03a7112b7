"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real faces for development; absent on a user's machine, where the test is skipped."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data (real faces, not part of the project) is not here")
    return folder


@pytest.fixture(scope="session")
def discord_schemas() -> Path:
    """Discord's OpenAPI specification and event schemas; absent on a user's machine, where the test is skipped."""
    folder = SHARED / "discord"
    if not folder.is_dir():
        pytest.skip("../shared/discord (Discord's interface descriptions) is not here")
    return folder
