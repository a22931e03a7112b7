"""Decide whether a model version may replace the one that serves, and what a rollback leads to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Promotion, Version

_ROUNDING = 1e-9  # of a mean over the same numbers in another order


def check_better(new: Version, old: Version | None) -> str:
    """Check that a version is not worse than the one that serves; return the comparison in figures.

    Recognisers are compared by their accuracy on the folds of the same data that both have held out. `old` None is the
    baseline, which needs no training: its accuracy on these folds stands in the new version's metrics (`live_folds`);
    where it does not, any version with an accuracy may serve. What makes pictures is compared by the distance of these
    from real ones (`kid`), or of the faces' ages from those that were to be shown (`age_error`); lower is better. A
    generator that never draws a face may not even be the first.

    Raises:
        OmokageError: NOT_BETTER with `new` and `old`; NOT_COMPARABLE; DRAWS_NO_FACE.
    """
    if new.kind.generates:
        return _check_pictures(new, old)
    new_folds = _folds(new, "folds")
    old_folds = _folds(new, "live_folds") if old is None else _folds(old, "folds")
    if old is None and new_folds and not old_folds:
        return "what needs no training was not measured"
    shared = sorted(new_folds.keys() & old_folds.keys())
    if not shared or (old is not None and old.dataset_hash != new.dataset_hash):
        raise OmokageError(ErrorCode.NOT_COMPARABLE)
    new_mean, old_mean = (sum(folds[fold] for fold in shared) / len(shared) for folds in (new_folds, old_folds))
    if new_mean < old_mean - _ROUNDING:
        raise OmokageError(ErrorCode.NOT_BETTER, new=new_mean, old=old_mean)
    return f"{new_mean:.4f} >= {old_mean:.4f}, {'fold' if len(shared) == 1 else 'folds'} {', '.join(shared)}"


def _check_pictures(new: Version, old: Version | None) -> str:
    if new.draws_no_face:
        raise OmokageError(ErrorCode.DRAWS_NO_FACE)
    if old is None:
        return "nothing of the guild's own was there before"
    new_distance, old_distance = (version.metrics.get(new.kind.compared_by) for version in (new, old))
    measured = isinstance(new_distance, int | float) and isinstance(old_distance, int | float)
    if not measured or old.dataset_hash != new.dataset_hash:
        raise OmokageError(ErrorCode.NOT_COMPARABLE)
    if new_distance > old_distance + _ROUNDING:  # type: ignore[operator]
        raise OmokageError(ErrorCode.NOT_BETTER, new=new_distance, old=old_distance)  # type: ignore[arg-type]
    return f"{'age error' if new.kind.ages else 'KID (dlib)'} {new_distance:.4f} <= {old_distance:.4f}"


def promotion_stack(history: Sequence[Promotion]) -> list[int]:
    """Return the ids of the versions that rollbacks lead to, the serving one last; empty: the baseline serves.

    Args:
        history: of one guild and kind, oldest first.
    """
    stack: list[int] = []
    for promotion in history:
        if promotion.back:
            del stack[-1:]
        elif promotion.version_id is None:  # versions were withdrawn: nothing leads back to what was before
            stack.clear()
        else:
            stack.append(promotion.version_id)
    return stack


def _folds(version: Version, key: str) -> dict[str, float]:
    folds = version.metrics.get(key)
    if not isinstance(folds, Mapping):
        return {}
    return {
        str(fold): float(accuracy)
        for fold, accuracy in folds.items()
        if isinstance(accuracy, int | float) and math.isfinite(accuracy)
    }
