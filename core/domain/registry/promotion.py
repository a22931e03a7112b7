"""When a model version may answer in the place of another, and what served before it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Promotion, Version

_ROUNDING = 1e-9  # of a mean over the same numbers in another order


def check_better(new: Version, old: Version | None) -> str:
    """That a version is not worse than what serves, in figures.

    Measured on the folds of the same data that both have held out. Of what needs no training, `old` None, the new
    version's own metrics tell how it did there (`live_folds`); where they do not, any measured version may serve.
    Models that generate are compared by the distance of their pictures from real ones (`kid`), less of which is better;
    one that never draws a face may not even be the first.

    Raises:
        OmokageError: NOT_BETTER with `new` and `old`; NOT_COMPARABLE; DRAWS_NO_FACE.
    """
    if new.kind.generates:
        return _check_nearer(new, old)
    mine = _folds(new, "folds")
    theirs = _folds(new, "live_folds") if old is None else _folds(old, "folds")
    if old is None and mine and not theirs:
        return "what needs no training was not measured"
    shared = sorted(mine.keys() & theirs.keys())
    if not shared or (old is not None and old.dataset_hash != new.dataset_hash):
        raise OmokageError(ErrorCode.NOT_COMPARABLE)
    here, there = (sum(folds[fold] for fold in shared) / len(shared) for folds in (mine, theirs))
    if here < there - _ROUNDING:
        raise OmokageError(ErrorCode.NOT_BETTER, new=here, old=there)
    return f"{here:.4f} >= {there:.4f}, {'fold' if len(shared) == 1 else 'folds'} {', '.join(shared)}"


def _check_nearer(new: Version, old: Version | None) -> str:
    if new.draws_no_face:
        raise OmokageError(ErrorCode.DRAWS_NO_FACE)
    if old is None:
        return "nothing of the guild's own was there before"
    here, there = (one.metrics.get("kid") for one in (new, old))
    measured = isinstance(here, int | float) and isinstance(there, int | float)
    if not measured or old.dataset_hash != new.dataset_hash:
        raise OmokageError(ErrorCode.NOT_COMPARABLE)
    if here > there + _ROUNDING:  # type: ignore[operator]
        raise OmokageError(ErrorCode.NOT_BETTER, new=here, old=there)  # type: ignore[arg-type]
    return f"KID {here:.4f} <= {there:.4f}"


def served(history: Sequence[Promotion]) -> list[int]:
    """The versions that a step back leads to, the one that serves last; empty: what needs no training serves.

    Args:
        history: of one guild and kind, oldest first.
    """
    stack: list[int] = []
    for promotion in history:
        if promotion.back:
            del stack[-1:]
        elif promotion.version_id is not None:
            stack.append(promotion.version_id)
    return stack


def _folds(version: Version, key: str) -> dict[str, float]:
    folds = version.metrics.get(key)
    if not isinstance(folds, Mapping):
        return {}
    return {
        str(fold): float(share)
        for fold, share in folds.items()
        if isinstance(share, int | float) and math.isfinite(share)
    }
