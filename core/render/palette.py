"""Colours that stay readable on any picture and with any colour vision.

The hues are Paul Tol's "light" scheme (SRON/EPS/TN/09-002, issue 3.2, figure 5), made to stay distinct under the common
colour-vision deficiencies and to carry black text. Black ink around each line makes a pair that shows on any ground:
whatever the luminance behind it, one of the two has a contrast of at least the square root of the pair's.
"""

from __future__ import annotations

Colour = tuple[int, int, int]

INK: Colour = (0, 0, 0)
# Light blue, orange, mint, pink, pear, pale yellow, light cyan, olive: neighbours in this order differ most.
PALETTE: tuple[Colour, ...] = (
    (0x77, 0xAA, 0xDD),
    (0xEE, 0x88, 0x66),
    (0x44, 0xBB, 0x99),
    (0xFF, 0xAA, 0xBB),
    (0xBB, 0xCC, 0x33),
    (0xEE, 0xDD, 0x88),
    (0x99, 0xDD, 0xFF),
    (0xAA, 0xAA, 0x00),
)
UNNAMED: Colour = (0xDD, 0xDD, 0xDD)  # pale grey: no person's colour


def luminance(colour: Colour) -> float:
    """Return the relative luminance of an sRGB colour, in [0, 1] (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: Colour, b: Colour) -> float:
    """Return the contrast ratio of two sRGB colours, in [1, 21] (WCAG 2.2)."""
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
