"""What a shell says of a picture that was optimised: lines, and the JSON that docs/cli.md describes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output.escaping import printable
from core.domain.people import NOBODY_KNOWN

if TYPE_CHECKING:
    from core.domain.optimisation import Optimized, Verdict


def optimized_json(answer: Optimized) -> dict[str, Any]:
    """All but the curve, which is in the report; `probability` is the target's, from the bytes of the picture."""
    return {
        "target": answer.target,
        "mode": answer.mode.value,
        "model": answer.model,
        "succeeded": answer.succeeded,
        "probability": answer.after.target if answer.after else None,
        "steps": answer.steps,
        "seconds": answer.seconds,
        "ms_per_step": round(1000 * answer.seconds / answer.steps, 3) if answer.steps else None,
        "stopped": answer.stopped,
        "before": _verdict(answer.before),
        "after": _verdict(answer.after),
        "jpeg": _verdict(answer.jpeg),
        "norms": asdict(answer.norms) if answer.norms else None,
        "transfer": [
            {"model": one.model, "before": _verdict(one.before), "after": _verdict(one.after)}
            for one in answer.transfer
        ],
    }


def optimized_lines(answer: Optimized, folder: Path) -> list[str]:
    """The same for people."""
    assert answer.before is not None  # noqa: S101 - there is no choice to be made
    assert answer.after is not None  # noqa: S101
    assert answer.jpeg is not None  # noqa: S101
    lines = [f"{printable(str(folder / 'picture.png'))}: {_said(answer.after)}, by {answer.model}"]
    lines.append(f"  {answer.target}: {_share(answer.before.target)} before, {_share(answer.after.target)} now, "
                 f"{_share(answer.jpeg.target)} after JPEG 85 ({_said(answer.jpeg)})")  # fmt: skip
    lines.append(f"  as if it had to be somebody: {_top(answer.after)}; nobody known: {_share(answer.after.unknown)}")
    if answer.norms is not None:
        lines.append(f"  changed: {answer.norms.changed:.1%} of the pixels, by {answer.norms.linf} of 255 at most, "
                     f"L2 {answer.norms.l2:.2f}")  # fmt: skip
    lines += [
        f"  {one.model}: {_said(one.after)}; {answer.target} {_share(one.before.target)} before, "
        f"{_share(one.after.target)} now"
        for one in answer.transfer
    ]
    pace = f", {1000 * answer.seconds / answer.steps:.1f} ms a step" if answer.steps else ""
    return [*lines, f"  {answer.steps} steps in {answer.seconds:.1f} s{pace}{', stopped' if answer.stopped else ''}"]


def _verdict(said: Verdict | None) -> dict[str, Any] | None:
    if said is None:
        return None
    top = [[one.name, one.probability] for one in said.top]
    return {"face": said.found, "name": said.named, "top": top, "target": said.target, "unknown": said.unknown}


def _said(said: Verdict) -> str:
    if not said.found:
        return "no face found"
    return f"named as {said.named}" if said.named else NOBODY_KNOWN


def _top(said: Verdict) -> str:
    return ", ".join(f"{one.name} {_share(one.probability)}" for one in said.top)


def _share(chance: float) -> str:
    """Never rounded to what it is not."""
    if 0.9995 <= chance < 1:
        return "over 99.9%"
    return "under 0.1%" if 0 < chance < 0.0005 else f"{chance:.1%}"
