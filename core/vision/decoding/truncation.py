"""Tells a file that ends too early from one that is damaged; runs in the decoder's process, on strangers' bytes.

Nothing is decoded here: the parts of a file are walked through by their lengths, and it is cut off where one of them
reaches beyond the end. JPEG: ITU-T T.81, annex B; PNG: ISO/IEC 15948, section 5; WebP: RFC 9649; GIF: GIF89a.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

JPEG_END = b"\xff\xd9"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # that ends the data of a scan: no stuffed zero, no restart
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF; the three others are tables
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SCAN = 0xDA
_COEFFICIENTS = 64  # of a block
# What one continuation shows right by chance, another shows wrong. The tables of a small picture may have two or three
# codes, so that chance is large; where reading takes seconds, it is small, and four are what the time allows.
_CONTINUATIONS, _CONTINUATIONS_LARGE, _LARGE_BYTES = 24, 4, 256 * 1024
# As much as ten blocks (T.81, B.2.3: of one step) can take: the first of them may lie beyond the picture's edge.
_CONTINUATION_BYTES = 2048


class EndsTooEarlyError(Exception):
    """A part of the file reaches beyond its end."""


def is_cut_off(data: bytes) -> bool:
    """Return whether a JPEG, PNG, WebP or GIF file (by its first bytes) ends before its last part does."""
    if data.startswith(b"RIFF"):
        return len(data) < 12 or 8 + int.from_bytes(data[4:8], "little") > len(data)
    try:
        if data.startswith(b"\x89PNG"):
            _walk_png(data)
        elif data.startswith(b"GIF8"):
            _walk_gif(data)
        else:
            _walk_jpeg(data)
    except EndsTooEarlyError:
        return True
    return False


def jpeg_continuations(data: bytes) -> Iterator[bytes]:
    """Yield ways in which a JPEG that was cut off may have gone on, each with an end marker.

    All pixels are there if all of them show the same picture: then nothing depends on what is missing. None come where
    a whole scan is missing, since the decoder would fill the rest of it without reading on.
    """
    walk = _JpegWalk()
    try:
        walk.run(data)
    except EndsTooEarlyError:
        if not walk.has_all_scans():
            return
        # A marker's first byte may be all that is left of the end marker.
        there = data[: walk.end].rstrip(b"\xff")
        yield there + JPEG_END  # zeros, as the decoder has it
        for seed in range(1, _CONTINUATIONS if len(there) < _LARGE_BYTES else _CONTINUATIONS_LARGE):
            yield there + _more(random.Random(seed), walk.next_restart(there)) + JPEG_END


def _more(random_generator: random.Random, restart: int) -> bytes:
    """Data of a scan; where the file has restart markers, the decoder passes over all that comes before the next."""
    parts = [
        random_generator.randbytes(_CONTINUATION_BYTES).replace(b"\xff", b"") for _ in range(9)
    ]  # without a marker
    return parts[0] + b"".join(bytes((0xFF, 0xD0 + (restart + i) % 8)) + part for i, part in enumerate(parts[1:]))


@dataclass(slots=True)
class _JpegWalk:
    """The parts of a JPEG that are present: `end` is where its last whole part ends."""

    end: int = 2
    scan: int = 2  # where the data of its last scan begins
    progressive: bool = False
    # For each component the bits that are still missing of each coefficient, -1 where nothing has come yet.
    missing: dict[int, list[int]] = field(default_factory=dict)

    def run(self, data: bytes) -> None:
        """Raises EndsTooEarlyError where no end marker comes."""
        while True:
            marker = _MARKER.search(data, self.end)
            if marker is None:
                self.end = len(data)  # of a scan; or nothing that a decoder would look at
                raise EndsTooEarlyError
            code, start = data[marker.start() + 1], marker.end()
            self.end = marker.start()
            if code == JPEG_END[1]:
                return
            length = 0 if code in _ALONE else _number(data, start, 2)
            body = data[start + 2 : start + length]
            if start + length > len(data):
                raise EndsTooEarlyError
            self._note(code, body)
            self.end = start + length
            if code == _SCAN:
                self.scan = self.end

    def has_all_scans(self) -> bool:
        """Whether the last scan of each component has begun, with all bits of all its coefficients."""
        return bool(self.missing) and all(not any(bits) for bits in self.missing.values())

    def next_restart(self, data: bytes) -> int:
        """The number, 0 to 7, of the restart marker that would come next in the last scan."""
        restarts = _RESTART.findall(data, self.scan)
        return int.from_bytes(restarts[-1][1:], "big") - 0xD0 + 1 if restarts else 0

    def _note(self, code: int, body: bytes) -> None:
        if code in _FRAMES:
            self.progressive = code in _PROGRESSIVE
            self.missing = {identity: [-1] * _COEFFICIENTS for identity in body[6::3]}
        if code == _SCAN and len(body) >= 4:
            first, last, low = (body[-3], body[-2], body[-1] & 15) if self.progressive else (0, _COEFFICIENTS - 1, 0)
            for identity in body[1:-3:2]:
                bits = self.missing.get(identity, [])
                bits[first : last + 1] = [low] * len(bits[first : last + 1])


def _walk_jpeg(data: bytes) -> None:
    _JpegWalk().run(data)


def _walk_png(data: bytes) -> None:
    position, name = 8, b""
    while name != b"IEND":
        length, name = _number(data, position, 4), data[position + 4 : position + 8]
        position += 12 + length
        if position > len(data):
            raise EndsTooEarlyError


def _walk_gif(data: bytes) -> None:
    position = 13 + _palette_bytes(_number(data, 10, 1))
    while True:
        kind = _number(data, position, 1)
        if kind == 0x21:  # an extension
            position = _after_blocks(data, position + 2)
        elif kind == 0x2C:  # a frame
            position = _after_blocks(data, position + 11 + _palette_bytes(_number(data, position + 9, 1)))
        else:  # the end, or damage
            return


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    while size := _number(data, position, 1):
        position += 1 + size
    return position + 1


def _number(data: bytes, position: int, size: int) -> int:
    """The number of `size` bytes there, the most significant first. Raises EndsTooEarlyError."""
    part = data[position : position + size]
    if len(part) < size:
        raise EndsTooEarlyError
    return int.from_bytes(part, "big")
