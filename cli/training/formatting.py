"""Formats a training run as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cli.error_texts import error_text
from cli.model.formatting import NO_FACE
from core.domain.errors import OmokageError
from core.domain.jobs import Failure
from core.domain.registry.versions import Version
from core.domain.training.costs import Price
from core.domain.training.runs import Checkpoint, CurvePoint, Run

_NAMES = {
    "kid": "KID (dlib)",
    "d_real": "D(real)",
    "d_fake": "D(drawn)",
    "faces": "with a face",
    "age_error": "years beside the age",
    "age_slope": "years older for each year",
    "identity_kept": "same person",
    "identity_kept_far": "same person, 40 years away",
}
_ENDINGS = {
    "discriminator-won": "the discriminator tells all drawn faces from real ones, so there is nothing left to learn",
    "diversity-fell": "the faces became more and more alike",
    "worse-and-worse": "the faces became worse and worse",
    "never-learnt": "from the beginning it drew the same picture every time, and never a face",
}


def run_json(run: Run, price: Price | None, version: Version | None = None) -> dict[str, Any]:
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
        "ending": None if live is None or live.ending is None else dict(live.ending),
        "version": None if version is None else version.title,
    }


def history_json(checkpoints: Sequence[Checkpoint], points: Sequence[CurvePoint]) -> dict[str, Any]:
    """What `runs show` has beside."""
    return {
        "checkpoints": [
            {
                "step": checkpoint.step,
                "bytes": checkpoint.size,
                "sha256": checkpoint.blob,
                "figures": dict(checkpoint.values),
            }
            for checkpoint in checkpoints
        ],
        "curves": [{"step": point.step, **point.values} for point in points],
    }


def run_lines(run: Run, price: Price | None, version: Version | None = None) -> list[str]:
    """What people read."""
    lines = [f"Run {run.number}: {run.kind.value}, {run.preset}, {run.state.value}, step {run.step} of {run.steps}"]
    if run.live is not None and run.live.values:
        lines.append(f"  {figures(run.live.values)}")
    if run.live is not None and run.live.ending is not None:
        lines.append(f"  {ending(run.live.ending)}")
    spent = f"  {duration(run.seconds)} of training in {run.segments} segments"
    lines.append(spent if price is None else f"{spent}, {price.of(run.seconds):.2f} {price.currency}")
    if run.failure is not None:
        lines.append(f"  {reason(run.failure)}")
    if version is not None:
        lines.append(f"  made {version.title}")
        if version.draws_no_face:
            lines.append(f"  {NO_FACE}")
    return lines


def figures(values: Mapping[str, float]) -> str:
    """`loss 0.123, held-out accuracy 91.2 %`."""
    return ", ".join(_figure(name, value) for name, value in values.items())


def ending(said: Mapping[str, Any]) -> str:
    """Why a run was over before its last step, and what it kept."""
    why = _ENDINGS.get(said["code"], str(said["code"]))
    kept = f"kept is step {said['best']}, {_figure(str(said['figure']), float(said['value']))}"
    return f"ended early at step {said['step']}: {why}; {kept}"


def duration(seconds: float) -> str:
    """`1 h 02 min`, `3 min 05 s`, `12 s`."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"


def reason(failure: Failure) -> str:
    """Why it did not go on, as a sentence."""
    said = error_text(OmokageError(failure.code, **failure.details))  # type: ignore[arg-type]
    return f"{said[:1].upper()}{said[1:]}."


def _figure(name: str, value: float) -> str:
    words = _NAMES.get(name) or name.replace("held_out", "held-out").replace("_", " ")
    is_share = "accuracy" in name or name in {"faces", "d_real", "d_fake", "identity_kept", "identity_kept_far"}
    return f"{words} {value:.1%}" if is_share else f"{words} {value:.4g}"


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
