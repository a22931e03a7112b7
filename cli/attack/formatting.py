"""Formats an optimised picture's result as text, and as the JSON that docs/cli.md describes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output.escaping import escape
from core.domain.optimisation import CNN_NETWORK
from core.domain.people import NOBODY_KNOWN

if TYPE_CHECKING:
    from core.domain.optimisation import OptimizeResult, Prediction

_NETWORKS = {CNN_NETWORK: "the trained network", "dlib": "dlib's ResNet", "sface": "SFace"}


def optimized_json(answer: OptimizeResult) -> dict[str, Any]:
    """All but the curve, which is in the report; `probability` is the target's, from the bytes of the picture."""
    return {
        "target": answer.target,
        "mode": answer.mode.value,
        "model": answer.model,
        "networks": list(answer.networks),
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
            {"model": transfer.model, "before": _verdict(transfer.before), "after": _verdict(transfer.after)}
            for transfer in answer.transfer
        ],
    }


def optimized_lines(answer: OptimizeResult, folder: Path) -> list[str]:
    """The same for people."""
    assert answer.before is not None  # noqa: S101 - there is no choice to be made
    assert answer.after is not None  # noqa: S101
    assert answer.jpeg is not None  # noqa: S101
    before, after, jpeg = (_percentage(label.target) for label in (answer.before, answer.after, answer.jpeg))
    lines = [
        f"{escape(str(folder / 'picture.png'))}: {_prediction_text(answer.after)}, by {answer.model}",
        f"  {answer.target}: {before} before, {after} now, {jpeg} after JPEG 85 ({_prediction_text(answer.jpeg)})",
        f"  as if it had to be somebody: {_top_text(answer.after)}; nobody known: {_percentage(answer.after.unknown)}",
    ]
    if answer.norms is not None:
        lines.append(
            f"  changed: {answer.norms.changed:.1%} of the pixels, by {answer.norms.linf} of 255 at most, "
            f"L2 {answer.norms.l2:.2f}"
        )
    lines += [
        f"  {transfer.model}: {_prediction_text(transfer.after)}; {answer.target} "
        f"{_percentage(transfer.before.target)} before, {_percentage(transfer.after.target)} now"
        for transfer in answer.transfer
    ]
    if answer.networks:
        names = [_NETWORKS.get(network, network) for network in answer.networks]
        lines.append(f"  attacked: {', '.join(names)}{', all at once' if len(names) > 1 else ''}")
    pace = f", {1000 * answer.seconds / answer.steps:.1f} ms a step" if answer.steps else ""
    return [*lines, f"  {answer.steps} steps in {answer.seconds:.1f} s{pace}{', stopped' if answer.stopped else ''}"]


def _verdict(said: Prediction | None) -> dict[str, Any] | None:
    if said is None:
        return None
    top = [[one.name, one.probability] for one in said.top]
    return {"face": said.found, "name": said.named, "top": top, "target": said.target, "unknown": said.unknown}


def _prediction_text(said: Prediction) -> str:
    if not said.found:
        return "no face found"
    return f"named as {said.named}" if said.named else NOBODY_KNOWN


def _top_text(said: Prediction) -> str:
    return ", ".join(f"{one.name} {_percentage(one.probability)}" for one in said.top)


def _percentage(probability: float) -> str:
    """Never rounded to what it is not."""
    if 0.9995 <= probability < 1:
        return "over 99.9%"
    return "under 0.1%" if 0 < probability < 0.0005 else f"{probability:.1%}"
