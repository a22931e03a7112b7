"""Stand-ins for Keras and scikit-learn import each other as the real ones do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LEAN = "from core.models.common.lean_import import lean_keras as lean; lean(); lean()"
KERAS = """
from importlib import import_module
try:
    import sklearn
except ImportError:
    sklearn = None
try:
    import_module("matplotlib.pyplot")
except ImportError:
    pyplot = None
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder of packages, on top of those that are installed."""
    for name in ("keras", "sklearn", "matplotlib"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "matplotlib" / "pyplot.py").touch()
    (tmp_path / "keras" / "__init__.py").write_text(KERAS, "utf-8")
    return tmp_path


def said(packages: Path, program: str) -> str:
    """What a fresh process prints."""
    root = Path(__file__).resolve().parents[4]
    start = f"import sys; sys.path[:0] = [{str(packages)!r}, {str(root)!r}]; {program}"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_keras_is_imported_without_them_and_others_import_them_before_or_after(packages: Path) -> None:
    loaded = "import keras; print(sorted({'sklearn', 'matplotlib'} & set(sys.modules)))"
    assert said(packages, loaded) == "['matplotlib', 'sklearn']"
    assert said(packages, f"{LEAN}; {loaded}") == "[]"
    assert said(packages, f"{LEAN}; {loaded}; import matplotlib.pyplot, sklearn") == "[]"
    assert said(packages, f"{LEAN}; import sklearn; import keras; print(keras.sklearn is sklearn)") == "True"
