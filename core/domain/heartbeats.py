"""What the files say by which the bot and the workers of a host show that they are alive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

FRESH_S = 15.0  # beats come every two seconds
IDLE_S = 20.0  # as the worker's own watchdog has it


def read_heartbeat(file: Path) -> dict[str, object] | None:
    """Return what a part last wrote; None: nothing, or half of it."""
    try:
        heartbeat = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return heartbeat if isinstance(heartbeat, dict) else None


def find_fault(part: str, heartbeats: Sequence[dict[str, object] | None], now: float) -> str | None:
    """Return what is wrong with the part that wrote these, of which every one must be well; None: nothing."""
    known = [heartbeat for heartbeat in heartbeats if heartbeat is not None]
    if not known:
        return f"No {part} runs on this host, or it is not ready yet."
    faults = (_fault_of(part, heartbeat, now) for heartbeat in known)
    return next((fault for fault in faults if fault is not None), None)


def _fault_of(part: str, heartbeat: dict[str, object], now: float) -> str | None:
    age = now - _seconds(heartbeat.get("beat_at"))
    if age > FRESH_S:
        return f"The {part} gave no sign of life for {age:.0f} s."
    if not heartbeat.get("ready_at"):
        return f"The {part} is not ready yet."
    idle = _seconds(heartbeat.get("idle_s"))
    if idle >= IDLE_S:
        return f"The {part} has taken nothing from a queue with work in it for {idle:.0f} s."
    return None


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
