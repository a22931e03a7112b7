"""Draw numbered frames and names on a photo's faces, as JPEG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from core.render.layout import Rect, place_labels
from core.render.lettering import drawable_text, font, shorten
from core.render.palette import INK, PALETTE, UNNAMED, Colour
from core.render.scaling import resize_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.faces import Box, RecognisedFace

MAX_LONG_SIDE = 2048  # Discord's own preview is smaller; more pixels only take longer to upload
MIN_LONG_SIDE = 480  # below this no label is readable, so a small picture is enlarged
MAX_BYTES = 8_000_000  # under Discord's 10 MiB with room for the rest of the request
# 90: faces keep their skin texture and the frames their edges at about half the bytes of 95. Lower only to fit.
_QUALITIES = (90, 80, 65, 45)
_MIN_TEXT_SIZE = 11  # kanji turn to blots below


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded image, ready to be attached."""

    data: bytes
    content_type: str
    width: int
    height: int


def annotate(image: NDArray[np.uint8], faces: Sequence[RecognisedFace], labels: Sequence[str] | None = None) -> Picture:
    """Draw each face's frame and label.

    Args:
        image: the upright photo, (H, W, 3) uint8 RGB, any size from 1x1.
        faces: in the order of their numbers, from 1; boxes in pixels of `image`.
        labels: the text after each number; by default the name of a named face and nothing for others.

    Returns:
        A JPEG without metadata, 480 to 2048 pixels on its longer side, under 8 MB. The same input gives the same bytes.

    Raises:
        ValueError: `image` is of another shape or type, or `labels` and `faces` differ in number.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != "uint8" or 0 in image.shape:
        raise ValueError(f"expected an image of shape (H, W, 3) and type uint8, got {image.shape} {image.dtype}")
    words = _names(faces) if labels is None else labels
    if len(words) != len(faces):
        raise ValueError(f"{len(faces)} faces, but {len(words)} labels")
    canvas, scale = _resize(image)
    _draw_faces(canvas, [_frame(face.detected.box, scale) for face in faces], words, _colours(faces))
    return Picture(_encode(canvas), "image/jpeg", *canvas.size)


def _names(faces: Sequence[RecognisedFace]) -> list[str]:
    return [face.named.name if face.named else "" for face in faces]


def _colours(faces: Sequence[RecognisedFace]) -> list[Colour]:
    """Return a colour for each number, grey for a face without a name."""
    return [PALETTE[number % len(PALETTE)] if face.named else UNNAMED for number, face in enumerate(faces)]


def _resize(photo: NDArray[np.uint8]) -> tuple[Image.Image, float]:
    height, width = photo.shape[:2]
    longest = max(height, width)
    scale = min(max(longest, MIN_LONG_SIDE), MAX_LONG_SIDE) / longest
    if scale == 1:
        return Image.fromarray(photo), scale
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # reducing_gap: a huge photo is first reduced by whole steps, which is several times faster and looks the same.
    return resize_array(photo, size, Image.Resampling.LANCZOS, reducing_gap=2.0), scale


def _frame(box: Box, scale: float) -> Rect:
    left, top = round(box.x * scale), round(box.y * scale)
    return Rect(left, top, max(left + 1, round((box.x + box.w) * scale)), max(top + 1, round((box.y + box.h) * scale)))


def _draw_faces(canvas: Image.Image, frames: list[Rect], words: Sequence[str], colours: list[Colour]) -> None:
    if not frames:
        return
    pen = ImageDraw.Draw(canvas)
    line = max(1, round(max(canvas.size) / 450))
    for frame, colour in zip(frames, colours, strict=True):
        _draw_frame(pen, frame, colour, line)
    letters = _text_size(canvas.size, frames)
    room = canvas.size[0] - 2 * _padding(letters)
    texts = [_text(number, word, letters, room) for number, word in enumerate(words, 1)]
    sizes = [_tag_size(text, letters) for text in texts]
    areas = place_labels(sizes, [frame.grown(2 * line) for frame in frames], canvas.size)
    for text, area, colour in zip(texts, areas, colours, strict=True):
        if area is not None:
            _draw_tag(pen, text, area, colour, letters)


def _draw_frame(pen: ImageDraw.ImageDraw, frame: Rect, colour: Colour, line: int) -> None:
    """Draw a coloured line between two black lines, around the face and not over it."""
    for grow, width, stroke in ((2 * line, 4 * line, INK), (line, 2 * line, colour)):
        outer = frame.grown(grow)
        pen.rectangle((outer.left, outer.top, outer.right - 1, outer.bottom - 1), outline=stroke, width=width)


def _text_size(size: tuple[int, int], frames: list[Rect]) -> int:
    """Return a quarter of the median face, within what is readable in a picture of this size."""
    longest = max(size)
    usual = median(frame.right - frame.left for frame in frames)
    return max(_MIN_TEXT_SIZE, round(min(max(usual / 4, longest / 64), longest / 34)))


def _text(number: int, word: str, letters: int, room: float) -> str:
    words = drawable_text(word)
    limit = min(room, 12 * letters)  # twelve kanji or about 24 Latin letters: longer names hide the neighbours
    text = shorten(f"{number} {words}", letters, limit) if words else str(number)
    # What is left must hold the whole number and a letter of the name, or it would be another face's number.
    return text if len(text) > len(f"{number} …") or text == f"{number} {words}" else str(number)


def _padding(letters: int) -> int:
    return max(2, letters // 4)


def _tag_size(text: str, letters: int) -> tuple[int, int]:
    ascent, descent = font(letters).getmetrics()
    padding = _padding(letters)
    return round(font(letters).getlength(text) + 0.5) + 2 * padding, ascent + descent + padding


def _draw_tag(pen: ImageDraw.ImageDraw, text: str, area: Rect, colour: Colour, letters: int) -> None:
    pen.rectangle(
        (area.left, area.top, area.right - 1, area.bottom - 1), fill=colour, outline=INK, width=max(1, letters // 14)
    )
    # IPAex Gothic has one weight. A thin stroke makes it bold enough for a tag; a thicker one fills kanji up.
    middle = (area.top + area.bottom) / 2
    bold = 0.3 if letters >= 18 else 0
    pen.text((area.left + _padding(letters), middle), text, INK, font(letters), anchor="lm", stroke_width=bold)


def _encode(canvas: Image.Image) -> bytes:
    for quality in _QUALITIES:
        out = io.BytesIO()
        # 4:4:4: halved colour would smear the thin frames.
        canvas.save(out, "JPEG", quality=quality, subsampling=0)
        if out.tell() < MAX_BYTES:
            break
    return out.getvalue()
