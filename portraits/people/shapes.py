"""Pleasant face shapes: the range of each trait, in half heads or shares (see `Traits`)."""

from __future__ import annotations

Ranges = dict[str, tuple[float, float]]

ANYONE: Ranges = {
    "forehead": (0.50, 0.62),
    "eye_x": (0.250, 0.325),
    "eye_y": (-0.045, 0.035),
    "eye_width": (0.132, 0.172),
    "eye_open": (0.36, 0.60),
    "eye_tilt": (-0.03, 0.18),
    "eye_fold": (0.1, 1.0),
    "eye_deep": (0.03, 0.11),
    "brow_y": (0.165, 0.25),
    "brow_tilt": (-0.04, -0.005),
    "nose_length": (0.28, 0.40),
    "nose_bridge": (0.055, 0.11),
    "nose_out": (0.11, 0.23),
    "nose_tip": (0.1, 0.9),
    "mouth_width": (0.18, 0.265),
    "cheekbone": (0.01, 0.08),
    "cheek_full": (0.0, 0.08),
    "blush": (0.1, 0.5),
}
WOMAN: Ranges = {
    "head_width": (0.625, 0.72),
    "jaw_taper": (0.13, 0.28),
    "jaw_square": (0.05, 0.30),
    "chin_length": (0.96, 1.05),
    "chin_width": (0.13, 0.20),
    "chin_out": (0.04, 0.09),
    "ear_size": (0.80, 0.95),
    "lashes": (0.6, 1.0),
    "brow_thick": (0.028, 0.05),
    "brow_arch": (0.012, 0.042),
    "brow_dark": (0.6, 1.0),
    "brow_ridge": (0.0, 0.015),
    "nose_width": (0.095, 0.15),
    "lip_upper": (0.032, 0.060),
    "lip_lower": (0.05, 0.085),
    "neck": (0.27, 0.31),
    "shoulders": (1.36, 1.5),
}
MAN: Ranges = {
    "head_width": (0.66, 0.75),
    "jaw_taper": (0.02, 0.18),
    "jaw_square": (0.2, 0.6),
    "chin_length": (0.99, 1.10),
    "chin_width": (0.17, 0.27),
    "chin_out": (0.05, 0.11),
    "ear_size": (0.92, 1.15),
    "lashes": (0.05, 0.35),
    "brow_thick": (0.045, 0.085),
    "brow_arch": (0.0, 0.035),
    "brow_dark": (0.7, 1.0),
    "brow_ridge": (0.01, 0.05),
    "nose_width": (0.11, 0.17),
    "lip_upper": (0.022, 0.055),
    "lip_lower": (0.04, 0.08),
    "neck": (0.34, 0.40),
    "shoulders": (1.58, 1.75),
}
