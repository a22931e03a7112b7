"""Decodes files of unknown origin to pixels, in a child process that may be killed."""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.vision.decoding.decode_worker import CODE_LENGTH, REQUEST, SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Isolated, and from where this very file lies: neither the working folder nor PYTHONPATH has a say in what opens
# strangers' files. Pillow's warnings quote the file, so they stay out of the log.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from core.vision.decoding.decode_worker import main; main()"
_COMMAND = (sys.executable, "-I", "-W", "ignore", "-c", _START, str(Path(__file__).resolve().parents[3]))
# The child gets what Python needs to start, and none of the operator's secrets.
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT")
_CODES = {ErrorCode.NOT_AN_IMAGE, ErrorCode.BROKEN_IMAGE, ErrorCode.CUT_OFF, ErrorCode.TOO_MANY_PIXELS}


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Limits above which a file is refused before a pixel is decoded, and the time after which decoding is given up."""

    max_bytes: int = 10 * 1024 * 1024  # Discord's own limit for members without a subscription
    max_pixels: int = 25_000_000  # a phone's largest pictures of ordinary use; 75 MB as RGB
    max_jpeg_pixels: int | None = None  # a larger JPEG, up to this, is decoded at a half, a quarter, an eighth of it
    timeout_s: float = 10.0  # the slowest allowed file takes 2 s (a profile applied to 25 megapixels)


CHAT_LIMITS = PhotoLimits()
# For files that the operator names in the shell: those of cameras (13 MB and 48 megapixels are common). 120 megapixels
# of progressive JPEG take 700 MB of the child's memory, whatever the reduced size; other formats cannot be decoded at a
# reduced size, so their pixels stay where they are.
OPERATOR_LIMITS = PhotoLimits(
    max_bytes=64 * 1024 * 1024,
    max_jpeg_pixels=120_000_000,
    timeout_s=30.0,  # the slowest of them takes 3 s on an idle machine
)


def allowed_attempts() -> list[str]:
    """Return what a file that took the decoder's process over could do on this system, by trying it in such a process.

    Raises:
        OSError, ValueError: the process does not start.
    """
    command = [*_COMMAND, "attempts"]
    done = subprocess.run(command, capture_output=True, check=False, env=_environment(), timeout=30)  # noqa: S603
    return [name for name, is_allowed in json.loads(done.stdout).items() if is_allowed]


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}


class SafeDecoder:
    """Decodes in a child process, which is started at the first photo and again after it was killed; thread-safe.

    A plain child rather than multiprocessing's: those are forbidden within Celery's pool processes.
    """

    def __init__(self, limits: PhotoLimits = CHAT_LIMITS) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # the process whose child it is

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """Return the upright photo, (H, W, 3) uint8 RGB; of an animation the first frame; transparent parts are white.

        A JPEG of more than `max_pixels` comes at a reduced size, where the limits allow it.

        Raises:
            OmokageError: TOO_LARGE, NOT_AN_IMAGE, TOO_MANY_PIXELS, CUT_OFF (pixels are missing), BROKEN_IMAGE
                (also where decoding takes too long or too much memory).
        """
        if len(data) > self._limits.max_bytes:
            raise OmokageError(ErrorCode.TOO_LARGE, size=len(data), limit=self._limits.max_bytes)
        with self._lock:
            answer, timed_out = self._ask(data)
            if answer is None and not timed_out:
                # The child may have died of something else, before or now; a new one tells whether it is the file.
                answer, _ = self._ask(data)
        if answer is None:
            raise OmokageError(ErrorCode.BROKEN_IMAGE)
        return answer

    def close(self) -> None:
        """End the child; the next photo starts another."""
        with self._lock:
            self._kill()

    def __enter__(self) -> SafeDecoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, data: bytes) -> tuple[NDArray[np.uint8] | None, bool]:
        """Return the pixels, or None where the child died, and whether it died because the time was up."""
        process = self._running()
        late = threading.Event()

        def kill() -> None:
            late.set()
            process.kill()  # ends whatever read or write waits for the child

        timer = threading.Timer(self._limits.timeout_s, kill)
        timer.start()
        try:
            return self._answer(process, data), False
        except (OSError, EOFError):
            self._kill()
            return None, late.is_set()
        finally:
            timer.cancel()
            timer.join()  # so that it cannot kill the child at the next photo

    def _answer(self, process: subprocess.Popen[bytes], data: bytes) -> NDArray[np.uint8]:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        # The child ends itself a little after we would: whoever would kill it may be dead.
        limits, seconds = self._limits, math.ceil(self._limits.timeout_s) + 1
        max_jpeg_pixels = limits.max_jpeg_pixels or limits.max_pixels
        process.stdin.write(REQUEST.pack(len(data), limits.max_pixels, max_jpeg_pixels, seconds))
        process.stdin.write(data)
        process.stdin.flush()
        if _read(process, 1) == b"E":
            (length,) = CODE_LENGTH.unpack(_read(process, CODE_LENGTH.size))
            raise self._refusal(_read(process, length))
        width, height = SIZE.unpack(_read(process, SIZE.size))
        if not 0 < width * height <= self._limits.max_pixels:
            raise EOFError  # a file took the child over
        return np.frombuffer(_read(process, width * height * 3), np.uint8).reshape(height, width, 3)

    def _refusal(self, answer: bytearray) -> OmokageError:
        code, *numbers = answer.decode("ascii", "replace").split(":")
        if code not in _CODES or not all(number.isdecimal() for number in numbers):
            raise EOFError  # a file took the child over
        return OmokageError(ErrorCode(code), **dict(zip(("pixels", "limit"), map(int, numbers), strict=False)))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._kill()
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no input in the command
                _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
            )
            self._owner = os.getpid()
        return self._process

    def _kill(self) -> None:
        """End the child and forget it; after a fork only forget it, for it is our parent's."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was left to write has nobody to read it
                assert pipe is not None  # noqa: S101 - it is a pipe
                pipe.close()
        process.wait()


def _read(process: subprocess.Popen[bytes], count: int) -> bytearray:
    """Return exactly `count` bytes, in memory that may be written to. Raises EOFError where the child ends before."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    data = bytearray(count)
    if process.stdout.readinto(data) != count:  # type: ignore[attr-defined]  # a BufferedReader fills it or ends
        raise EOFError
    return data
