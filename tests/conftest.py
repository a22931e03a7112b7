"""What every test may ask for."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from core.starter.models import FOLDER_VARIABLE, KINDS, paths

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

# CI tries the same examples every time, so that red means a change, and half as many: it has ten minutes.
# Developers' machines go on looking for others.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("dev", deadline=None)  # these machines are noisy, and no test is about speed
settings.register_profile("quick", deadline=None, max_examples=15)  # for `make quick`; `make test` tries up to 100
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# A shell lets what runs in its background ignore Ctrl-C, and children inherit that; tests send it to some of them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parents[2] / "shared"


E2E = "tests/e2e/"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let slow files come first: several run at a time, and at the end none is to wait for a long one."""
    slow = {together(item.nodeid) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: together(item.nodeid) not in slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """With `--dist loadfile`, keep files that share a started product in one process, too."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return Scheduling(config, log)


def together(nodeid: str) -> str:
    """The file or, of the tests of a running product, the folder whose tests are run one after the other."""
    file = nodeid.partition("::")[0]
    folder = file.rpartition("/")[0]
    return folder if folder.startswith(E2E) else file


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> None:
    """Collections leave out what has been imported by now; with TensorFlow each takes half a second otherwise."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the product's models, with both; what is in the files does not matter to their names."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for file in [path for kind in KINDS for path in paths(folder, kind)]:
        file.touch()
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder
