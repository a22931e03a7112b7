"""Shrinks photos that the operator names to the limits of a member's, so that every worker can read them."""

from __future__ import annotations

import io

from PIL import Image

from core.domain.errors import ErrorCode, OmokageError
from core.vision.decoding.decode import CHAT_LIMITS, OPERATOR_LIMITS, PhotoLimits, SafeDecoder

_BEYOND = frozenset({ErrorCode.TOO_LARGE, ErrorCode.TOO_MANY_PIXELS})
# 95 with full colour has no visible loss; 25 megapixels of foliage need less to fit into the limit.
_QUALITIES = (95, 85, 70, 50)


class PhotoShrinker:
    """Makes photos small enough to be kept; holds a decoder's process until it is closed."""

    def __init__(self, limits: PhotoLimits = CHAT_LIMITS, file_limits: PhotoLimits = OPERATOR_LIMITS) -> None:
        self._limits = limits
        self._decoder = SafeDecoder(limits)
        self._file_decoder = SafeDecoder(file_limits)

    def shrink(self, data: bytes) -> bytes:
        """Return the file itself where it is within `limits`, or its picture as a JPEG that is.

        Args:
            data: a file that was read within `file_limits` already.
        """
        try:
            self._decoder.decode(data)
        except OmokageError as error:
            if error.code in _BEYOND:
                return self._smaller(data)
        return data

    def close(self) -> None:
        """End the decoders' processes."""
        self._decoder.close()
        self._file_decoder.close()

    def _smaller(self, data: bytes) -> bytes:
        image = Image.fromarray(self._file_decoder.decode(data))
        for quality in _QUALITIES:
            out = io.BytesIO()
            image.save(out, "JPEG", quality=quality, subsampling=0)
            if out.tell() <= self._limits.max_bytes:
                break
        return out.getvalue()
