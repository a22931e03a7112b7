"""A stand-in for TensorFlow says what the real one does, within milliseconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GREETINGS = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1795889399.443931   15655 port.cc:153] oneDNN custom operations are on. You may see other results\n"
    "I0000 00:00:1795889467.224973   16470 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use AVX2.\n"
    "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.\n"
    "E0000 00:00:1795889467.224973 8310 cuda_dnn.cc:8310] Unable to register cuDNN factory: Attempting to register\n"
)
IMPORT = (
    "from core.models.common.quiet_import import quiet_tensorflow as q; q(); q(); "
    "import tensorflow; print(tensorflow.X)"
)


def imported(folder: Path, code: str, then: str = "") -> subprocess.CompletedProcess[str]:
    """Import a package of that code under TensorFlow's name in a fresh process."""
    (folder / "tensorflow").mkdir()
    (folder / "tensorflow" / "__init__.py").write_text(f"import os\n{code}\nX = 7\n", "utf-8")
    root = Path(__file__).resolve().parents[5]
    program = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(root)!r}]; {IMPORT}{then}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def test_greetings_do_not_reach_the_terminal(tmp_path: Path) -> None:
    done = imported(tmp_path, f"os.write(2, {GREETINGS.encode()!r})")
    assert (done.returncode, done.stdout, done.stderr) == (0, "7\n", "")


def test_everything_else_does_in_its_order_and_so_does_what_follows(tmp_path: Path) -> None:
    code = f"os.write(2, {GREETINGS.encode()!r} + b'E0000 the driver is too old\\n')"
    then = "; print('after', file=sys.stderr)"
    assert imported(tmp_path, code, then).stderr.splitlines() == ["E0000 the driver is too old", "after"]


def test_an_import_that_raises_tells_why(tmp_path: Path) -> None:
    done = imported(tmp_path, f"os.write(2, {GREETINGS.encode()!r}); raise ImportError('no such library')")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert "ImportError: no such library" in done.stderr


def test_last_words_of_an_import_that_aborts_are_heard(tmp_path: Path) -> None:
    """As TensorFlow does where the processor lacks AVX."""
    code = f"os.write(2, {GREETINGS.encode()!r} + b'F0000 compiled to use AVX, which is not here\\n'); os.abort()"
    done = imported(tmp_path, code)
    assert done.returncode < 0
    assert "F0000 compiled to use AVX" in done.stderr
    assert "oneDNN" not in done.stderr


def test_a_closed_descriptor_is_no_reason_not_to_import(tmp_path: Path) -> None:
    done = imported(tmp_path, "")
    program = done.args[-1].replace("import tensorflow;", "import os; os.close(2); import tensorflow;")
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (again.returncode, again.stdout) == (0, "7\n")
