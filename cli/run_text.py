"""A run as JSON and as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cli.sentences import sentence
from core.domain.errors import OmokageError
from core.domain.jobs import Failure
from core.domain.prices import Price
from core.domain.runs import Checkpoint, Point, Run


def run_json(run: Run, price: Price | None, version: str | None = None) -> dict[str, Any]:
    """As docs/cli.md describes it. Ids are text: JavaScript and jq would round them."""
    live = run.live
    return {
        "run": run.number,
        "id": str(run.id),
        "kind": run.kind.value,
        "preset": run.preset,
        "config": dict(run.config),
        "seed": run.seed,
        "data": run.dataset_id,
        "state": run.state.value,
        "step": run.step,
        "steps": run.steps,
        "seconds": round(run.seconds, 1),
        "segments": run.segments,
        "cost": None if price is None else [round(price.of(run.seconds), 4), price.currency],
        "branched_from": None if run.parent_id is None else [str(run.parent_id), run.parent_step],
        "created_at": _time(run.created_at),
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "failure": None if run.failure is None else {"code": run.failure.code.value, **run.failure.details},
        "figures": {} if live is None else dict(live.values),
        "version": version,
    }


def history_json(checkpoints: Sequence[Checkpoint], points: Sequence[Point]) -> dict[str, Any]:
    """What `runs show` has beside."""
    return {
        "checkpoints": [
            {"step": one.step, "bytes": one.size, "sha256": one.blob, "figures": dict(one.values)}
            for one in checkpoints
        ],
        "curves": [{"step": point.step, **point.values} for point in points],
    }


def run_lines(run: Run, price: Price | None, version: str | None = None) -> list[str]:
    """What people read."""
    lines = [f"Run {run.number}: {run.kind.value}, {run.preset}, {run.state.value}, step {run.step} of {run.steps}"]
    if run.live is not None and run.live.values:
        lines.append(f"  {figures(run.live.values)}")
    spent = f"  {duration(run.seconds)} of training in {run.segments} segments"
    lines.append(spent if price is None else f"{spent}, {price.of(run.seconds):.2f} {price.currency}")
    if run.failure is not None:
        lines.append(f"  {reason(run.failure)}")
    if version is not None:
        lines.append(f"  made {version}")
    return lines


def figures(values: Mapping[str, float]) -> str:
    """`loss 0.123, held-out accuracy 91.2 %`."""
    shown = [
        f"{name.replace('held_out', 'held-out').replace('_', ' ')} "
        + (f"{value:.1%}" if "accuracy" in name else f"{value:.4g}")
        for name, value in values.items()
    ]
    return ", ".join(shown)


def duration(seconds: float) -> str:
    """`1 h 02 min`, `3 min 05 s`, `12 s`."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"


def reason(failure: Failure) -> str:
    """Why it did not go on, as a sentence."""
    said = sentence(OmokageError(failure.code, **failure.details))  # type: ignore[arg-type]
    return f"{said[:1].upper()}{said[1:]}."


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
