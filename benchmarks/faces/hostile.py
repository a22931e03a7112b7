"""How a process that reads photos bears 10,000 damaged files, and how much memory nine of the largest photos take.

`python -m benchmarks hostile`. The damaged files are the same each time (`helpers/damaged_files.py`). Targets: the
decoder's process is started twice at most, nothing is raised but the codes of pictures that cannot be read, none
takes longer than decoding may. Then nine photos of 25 megapixels, of several shapes and with faces, are answered one
after the other in this process, as a worker does: by how much its memory (`VmHWM`) exceeds what it had before. Target:
300 MB.
"""

from __future__ import annotations

import io
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from PIL import Image

from benchmarks.helpers.damaged_files import make_damaged_files
from benchmarks.helpers.report import Figures, Skip
from core.bootstrap import build, build_classifier
from core.domain.errors import ErrorCode, OmokageError
from core.settings import Settings
from core.vision.decoding.decode import CHAT_LIMITS, SafeDecoder

MUTANTS = 10_000
MAX_STARTS = 2
MAX_GROWTH_MB = 300
CODES = {ErrorCode.NOT_AN_IMAGE, ErrorCode.BROKEN_IMAGE, ErrorCode.CUT_OFF, ErrorCode.TOO_MANY_PIXELS}
SHAPES = ((5760, 4320), (4320, 5760), (5000, 5000), (7600, 3280), (3280, 7600))
PHOTOS = 9


def run() -> Figures:
    """Counts of what became of the mutants, and megabytes."""
    return attack(MUTANTS) | _growth()


def attack(count: int) -> dict[str, float | int | str]:
    """Decode so many mutants.

    Raises:
        AssertionError: an error of another kind, a process too many, or one that took too long.
    """
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    starts: set[int] = set()
    with SafeDecoder() as decoder:
        for data in make_damaged_files(count):
            began = time.perf_counter()
            try:
                decoder.decode(data)
                outcomes["read"] += 1
            except OmokageError as error:
                outcomes[error.code.value] += 1
            slowest = max(slowest, time.perf_counter() - began)
            starts |= {decoder._process.pid} if decoder._process is not None else set()
    assert set(outcomes) <= {"read", *CODES}, outcomes
    assert len(starts) <= MAX_STARTS, f"the decoder's process was started {len(starts)} times"
    assert slowest < CHAT_LIMITS.timeout_s, f"one took {slowest:.1f} s"
    return {
        f"{count} mutants: processes started": len(starts),
        **{f"{count} mutants: {name}": number for name, number in sorted(outcomes.items())},
        "the slowest mutant: s": slowest,
    }


def _growth() -> Figures:
    if not Path("/proc/self/clear_refs").exists():
        raise Skip("only Linux says how much memory a process had at most")
    with tempfile.TemporaryDirectory(prefix="omokage-bench-") as folder:
        services = build(Settings.from_env({"OMOKAGE_DATA": folder}), lambda *_: None)
        classifier = build_classifier(services)
        classifier.warm_up()
        classifier.classify_photo(_photo((1024, 768)), 0)  # a first one with faces in it
        photos = [_photo(SHAPES[number % len(SHAPES)]) for number in range(PHOTOS)]
        before = _megabytes("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        faces = sum(len(classifier.classify_photo(photo, 0).faces) for photo in photos)
        peak, after = _megabytes("VmHWM"), _megabytes("VmRSS")
        classifier.close()
        services.close()
    assert peak - before <= MAX_GROWTH_MB, f"nine photos took {peak - before:.0f} MB at their peak"
    return {
        f"{PHOTOS} photos of 25 megapixels: faces": faces,
        f"{PHOTOS} photos of 25 megapixels: MB more at the peak": peak - before,
        f"{PHOTOS} photos of 25 megapixels: MB more afterwards": after - before,
    }


def _photo(size: tuple[int, int]) -> bytes:
    """A drawn group, enlarged; in a square one person, whose face fills most of it."""
    from portraits import default_people, group, portrait

    drawn = portrait(default_people()[0], 1) if size[0] == size[1] else group(default_people()[:5], 1)
    picture = Image.fromarray(drawn.image).resize(size, Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _megabytes(name: str) -> float:
    match = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert match is not None
    return int(match[1]) / 1000
