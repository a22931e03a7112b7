"""Checks of the machine: Python, libraries, processor, and whether the models run."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from cli.doctor.findings import Finding, fault, ok, remark

_OLDEST, _NEWEST = (3, 11), (3, 13)
# A process of its own: on a processor without AVX TensorFlow ends the process that imports it.
_PROBE = """
import json, tensorflow as tf
print(json.dumps({"version": tf.__version__, "gpus": [
    tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
    for gpu in tf.config.list_physical_devices("GPU")], "cuda": tf.test.is_built_with_cuda()}))
"""
_PROBE_S = 120  # TensorFlow from a cold disk
_LOW_BYTES, _TIGHT_BYTES = 200 * 2**20, 2**30


def check_python() -> Finding:
    """3.11 to 3.13: older ones lack syntax, newer ones TensorFlow."""
    running = sys.version_info[:2]
    shown = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if not _OLDEST <= running <= _NEWEST:
        return fault("python", f"{shown}. Omokage needs Python 3.11, 3.12 or 3.13.")
    return ok("python", shown)


def probe_tensorflow() -> dict[str, Any] | str:
    """What TensorFlow says of itself, or why it does not."""
    try:
        command = [sys.executable, "-P", "-c", _PROBE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_S, check=False)
    except subprocess.TimeoutExpired:
        return f"it did not start within {_PROBE_S} s"
    if done.returncode < 0:
        return f"importing it ends the process (signal {-done.returncode}); does this processor have AVX?"
    try:
        payload: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return (done.stderr.strip().splitlines() or ["it cannot be imported"])[-1]
    return payload


def check_tensorflow(said: dict[str, Any] | str) -> Finding:
    """What workers and `omokage classify` need; the bot alone does not."""
    if isinstance(said, str):
        return fault("tensorflow", f'{said}. A worker needs it: pip install "omokage[worker]"')
    missing = missing_packages("vision")
    if missing:
        return fault(
            "tensorflow", f'{said["version"]}, but without {", ".join(missing)}: pip install "omokage[worker]"'
        )
    return ok("tensorflow", str(said["version"]))


def check_gpu(said: dict[str, Any] | str) -> Finding:
    """A GPU is never needed."""
    if isinstance(said, str):
        return remark("gpu", "unknown without TensorFlow")
    if said["gpus"]:
        return ok("gpu", ", ".join(map(str, said["gpus"])))
    if shutil.which("nvidia-smi") and not said["cuda"]:
        return remark("gpu", 'there is one, which this TensorFlow cannot use: pip install "omokage[worker-gpu]"')
    return remark("gpu", "none that TensorFlow can use; everything works without, training is slower")


def check_decoder() -> Finding:
    """Strangers' pictures are opened in a process of its own, from which the system takes what it can."""
    try:
        from core.vision.decoding.decode import allowed_attempts  # numpy, which a bot's host has not
    except ImportError:
        return remark("decoder", "a worker's libraries are not installed here, so no pictures are opened")
    try:
        let = allowed_attempts()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return fault("decoder", f"the process that opens pictures does not start: {error}")
    if not let:
        return ok("decoder", "pictures are opened in a process without files, network and other processes")
    return remark(
        "decoder",
        f"a picture that takes its process over could here: {', '.join(let)}. Linux 6.12 with Landlock and seccomp, "
        "on x86-64 or ARM64, takes all of it away",
    )


def check_face_networks() -> Finding:
    """The networks' files come in other projects' packages, which may be missing or of another version."""
    try:
        from core.vision.age.age_weights import load_age_weights  # numpy, which a bot's host has not
        from core.vision.embedding.dlib_weights import load_weights
        from core.vision.embedding.sface_weights import load_sface_weights
    except ImportError:
        return remark("networks", "a worker's libraries are not installed here, so no face is named")
    try:
        load_weights()
        load_sface_weights()
        load_age_weights()
    except ValueError as error:  # a WeightFileError
        return fault("networks", str(error))
    return ok("networks", "dlib's ResNet and SFace, and dlib's age network")


def check_disk(data: Path) -> Finding:
    """Room for pictures and models, in the data folder or where it will be."""
    folder = next(path for path in (data, *data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    shown = f"{free / 2**30:.1f} GiB free in {data}"
    if free < _LOW_BYTES:
        return fault("disk", f"{shown}; pictures and models cannot be stored. Make room, or set OMOKAGE_DATA.")
    if free < _TIGHT_BYTES:
        return remark("disk", f"{shown}; that is little")
    return ok("disk", shown)


def missing_packages(extra: str) -> list[str]:
    """Packages of one of Omokage's extras that are not installed."""
    expected = [line for line in requires("omokage") or [] if f'extra == "{extra}"' in line.replace("'", '"')]
    names = ["".join(c if c.isalnum() or c in "-_." else " " for c in line).split()[0] for line in expected]
    return [name for name in names if name != "omokage" and not _installed(name)]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
