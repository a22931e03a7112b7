"""From a stranger's bytes to pixels, in a process that may be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.vision.decode_worker import CODE_LENGTH, REQUEST, SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The child gets what Python needs to start, and none of the operator's secrets.
_KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "HOME", "LANG", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What is refused before a pixel is decoded, and when decoding is given up."""

    max_bytes: int = 10 * 1024 * 1024  # Discord's own limit for members without a subscription
    max_pixels: int = 25_000_000  # a phone's largest pictures of ordinary use; 75 MB as RGB
    timeout_s: float = 10.0  # the slowest allowed file takes about two seconds on a busy core


class SafeDecoder:
    """Decodes in a child process, which is started at the first photo and again after it was killed; thread-safe.

    A plain child rather than multiprocessing's: those are forbidden within Celery's pool processes.
    """

    def __init__(self, limits: PhotoLimits = PhotoLimits()) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """The upright photo, (H, W, 3) uint8 RGB; of an animation the first frame; transparent parts are white.

        Raises:
            OmokageError: TOO_LARGE, NOT_AN_IMAGE, TOO_MANY_PIXELS, BROKEN_IMAGE (also where decoding takes too long or
                too much memory).
        """
        if len(data) > self._limits.max_bytes:
            raise OmokageError(ErrorCode.TOO_LARGE, size=len(data), limit=self._limits.max_bytes)
        with self._lock:
            fresh = self._process is None or self._process.poll() is not None
            answer = self._ask(data)
            if answer is None and not fresh:
                # The child may have died before, of something else; a new one tells whether it is the file.
                answer = self._ask(data)
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

    def _ask(self, data: bytes) -> NDArray[np.uint8] | None:
        """The pixels; None where the child died, or had to be killed."""
        process = self._running()
        # Killing the child ends whatever read or write waits for it.
        timer = threading.Timer(self._limits.timeout_s, process.kill)
        timer.start()
        try:
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            process.stdin.write(REQUEST.pack(len(data), self._limits.max_pixels))
            process.stdin.write(data)
            process.stdin.flush()
            return self._answer(process)
        except (OSError, EOFError):
            self._kill()
            return None
        finally:
            timer.cancel()

    def _answer(self, process: subprocess.Popen[bytes]) -> NDArray[np.uint8]:
        if _read(process, 1) == b"E":
            (length,) = CODE_LENGTH.unpack(_read(process, CODE_LENGTH.size))
            raise self._refusal(_read(process, length).decode())
        width, height = SIZE.unpack(_read(process, SIZE.size))
        return np.frombuffer(_read(process, width * height * 3), np.uint8).reshape(height, width, 3)

    def _refusal(self, text: str) -> OmokageError:
        code, _, pixels = text.partition(":")
        if not pixels:
            return OmokageError(ErrorCode(code))
        return OmokageError(ErrorCode(code), pixels=int(pixels), limit=self._limits.max_pixels)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
            command = [sys.executable, "-m", "core.vision.decode_worker"]
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no input in the command
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        return self._process

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()  # closes the pipes and takes the dead process off the system's table
            self._process = None


def _read(process: subprocess.Popen[bytes], count: int) -> bytearray:
    """Exactly `count` bytes, in memory that may be written to. Raises EOFError where the child ends before."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    data = bytearray(count)
    if process.stdout.readinto(data) != count:  # type: ignore[attr-defined]  # a BufferedReader fills it or ends
        raise EOFError
    return data
