"""Which checkpoints of a run are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.domain.training.runs import Checkpoint

NEWEST = 3  # if the newest turns out to be damaged, there is another
SPREAD = 8  # over the whole run: to look back, to roll back, to branch
# What "best" means, in the order in which it is looked for: higher is better, lower is better.
_BETTER = (("held_out_accuracy", 1.0), ("held_out_loss", -1.0), ("kid", -1.0), ("loss", -1.0))


def kept_steps(checkpoints: Sequence[Checkpoint]) -> set[int]:
    """Return the steps of the checkpoints to keep: the newest, the best, and some spread evenly over the run."""
    steps = sorted(checkpoint.step for checkpoint in checkpoints)
    kept = set(steps[-NEWEST:]) | set(_evenly_spaced(steps))
    best = best_checkpoint(checkpoints)
    return kept if best is None else kept | {best.step}


def best_checkpoint(checkpoints: Iterable[Checkpoint]) -> Checkpoint | None:
    """Return the checkpoint with the best figures, the later of equals; None without figures."""
    candidates = list(checkpoints)
    for name, sign in _BETTER:
        measured = [checkpoint for checkpoint in candidates if name in checkpoint.values]
        if measured:
            return max(measured, key=lambda checkpoint: (sign * checkpoint.values[name], checkpoint.step))
    return None


def newest_figures(points: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the last value of each curve, from figures in the order of the steps."""
    newest: dict[str, float] = {}
    for values in points:
        newest |= values
    return newest


def _evenly_spaced(steps: Sequence[int]) -> list[int]:
    """Return steps nearest to evenly spaced ones; the spacing is a power of two, so that kept steps stay kept."""
    if not steps:
        return []
    spacing = 1
    while spacing * SPREAD < steps[-1]:
        spacing *= 2
    chosen: dict[int, int] = {}
    for step in steps:
        chosen.setdefault(step // spacing, step)  # the first of each stretch stays the first of it
    return list(chosen.values())
