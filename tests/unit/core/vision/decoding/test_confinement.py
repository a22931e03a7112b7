"""The process that opens strangers' files can do nothing else, as far as the system takes it away."""

from __future__ import annotations

import ctypes
import io
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.vision.decoding.decode import SafeDecoder, allowed_attempts
from tests.unit.core.vision.decoding.builders import ORIENTATION, saved, two_colours
from tests.unit.core.vision.decoding.test_decode import swapped_profile

ROOT = Path(__file__).resolve().parents[5]
ALL = {
    "read a file",
    "write a file",
    "read its parent's environment",
    "open a connection",
    "signal its parent",
    "start a process",
    "run a program",
}


def landlock_version() -> int:
    if sys.platform != "linux":
        return 0
    return int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))


def has_seccomp() -> bool:
    status = Path("/proc/self/status")
    return status.exists() and "Seccomp_filters" in status.read_text() and platform.machine() in {"x86_64", "aarch64"}


needs_landlock = pytest.mark.skipif(landlock_version() < 6, reason="this kernel has no Landlock, or an older one")
needs_seccomp = pytest.mark.skipif(not has_seccomp(), reason="this kernel has no seccomp filters")


def let(*calls: str) -> set[str]:
    """What is possible in a process in which these were called."""
    script = (
        "import ctypes, json; from core.vision.decoding.confinement import *\n"
        "from core.vision.decoding.confinement import _landlock, _seccomp\n"
        "libc = ctypes.CDLL(None, use_errno=True); libc.prctl(38, 1, 0, 0, 0)\n"
        + "".join(f"assert {call}\n" for call in calls)
        + "print(json.dumps(attempts()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return {name for name, is_let in json.loads(done.stdout).items() if is_let}


@pytest.mark.skipif(sys.platform != "linux", reason="tries what only Linux has")
def test_without_confinement_everything_that_is_tried_succeeds():
    assert let() == ALL


@needs_seccomp
def test_the_decoder_s_process_is_refused_everything_that_is_tried():
    assert allowed_attempts() == []


@needs_seccomp
def test_the_filter_alone_refuses_all_of_it():
    assert let("_seccomp(libc)") == set()


@needs_landlock
def test_landlock_alone_takes_files_and_network_and_its_parent_away():
    assert let("_landlock(libc)") == {"start a process"}


def samples() -> list[bytes]:
    """Everything that makes Pillow load a module, or libraries start a thread, only when it comes."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x8769] = {0x9003: "2026:11:28 12:00:00"}
    made = []
    for kind, modes in {
        "JPEG": ("RGB", "L", "CMYK"),
        "PNG": ("RGB", "L", "RGBA", "P", "1", "LA"),
        "WEBP": ("RGB", "RGBA"),
        "GIF": ("RGB", "P"),
    }.items():
        options = {} if kind == "GIF" else {"exif": exif, "icc_profile": swapped_profile()}
        made += [saved(two_colours(mode), kind, **options) for mode in modes]
    frames = two_colours(), two_colours("L").convert("RGB")
    made += [saved(frames[0], kind, save_all=True, append_images=frames[1:]) for kind in ("PNG", "WEBP", "GIF", "MPO")]
    made += [saved(two_colours(size=(1400, 1000)), "WEBP", lossless=lossless) for lossless in (False, True)]
    made.append(saved(Image.fromarray(np.arange(4096, dtype=np.uint16).reshape(64, 64)), "PNG"))
    made.append(
        saved(two_colours(), "JPEG", xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a tiff:Orientation='6'/></x:xmpmeta>")
    )
    return made


def test_every_format_is_decoded_without_files():
    with SafeDecoder() as decoder:
        for data in samples():
            with Image.open(io.BytesIO(data)) as plain:
                assert sorted(decoder.decode(data).shape[:2]) == sorted(plain.size)
        assert {os.readlink(link) for link in Path(f"/proc/{decoder._process.pid}/fd").glob("[3-9]*")} == set()


def test_nothing_is_imported_for_a_picture_that_was_not_imported_before():
    script = (
        "import pickle, sys; from PIL import Image; from core.vision.decoding.decode_worker import decode, Refused\n"
        "samples = pickle.load(sys.stdin.buffer); Image.preinit(); before = set(sys.modules)\n"
        "for data in samples:\n"
        "    for part in (data, data[:-2], data[: len(data) // 2]):\n"
        "        try: decode(part, 10**8, 10**8)\n"
        "        except Refused: pass\n"
        "print(sorted(set(sys.modules) - before))"
    )
    import pickle  # of our own pictures

    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, input=pickle.dumps(samples()), capture_output=True, check=True, cwd=ROOT)
    assert done.stdout == b"[]\n"
