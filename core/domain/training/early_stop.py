"""Whether a network that learns to draw faces has begun to get worse for good, from its curves alone.

No run stops early while the distance from real pictures (KID) still falls: each sign counts only once the best
evaluation lies some time back. At first KID falls steeply and then jitters, the discriminator often wins for a while,
and a batch of blobs is not various; none of that is a reason to stop.

A run that is dead from its first evaluations has no best one to fall behind: what it draws is one and the same picture,
without a face, each time. There KID cannot tell: that of a healthy run, too, stands still for its first hundred steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from core.domain.training.runs import CurvePoint, EarlyStop

FEWEST_EVALUATIONS = 8  # of a run, before anything is reported: a fifth of it, in which KID still falls steeply
# Evaluations since the best one. Two may be chance, and the averaged weights hide the last minutes' harm, so what the
# discriminator and the samples' variety say needs three; KID alone, which jitters by a third, needs six.
_SINCE_BEST, _SINCE_BEST_BY_KID = 3, 6
_GAP = 0.95  # D(real) - D(fake): an even game has 0.2 to 0.8, and one that is lost stays above 0.97
_GAP_HELD = 0.9  # share of the reports since the best evaluation, and after it: a lost game has few exceptions
_CLIMB = 1.1  # the generator's loss late over early in that time: with a lead that does not grow, it may still learn
_VARIETY = 0.5  # of that at the best evaluation: half of the variety is lost; it jitters by a tenth
_VARIETY_HELD = 2  # evaluations in a row
_WORSE = 1.5  # times the best KID, in each of the last six evaluations
# Evaluations in a row in which the pictures were all alike. A run with steps a thousand times too large has a diversity
# of 0.00, now and then of 0.15; a healthy one, 300 steps of `small`, begins with 0.51 and never has less than 0.48.
_DEAD = 6
_ALL_ALIKE = 0.3
_CHANCE = 0.005  # KID by which two samples of the same faces differ: matters where the best is near to 0

DISCRIMINATOR_WON, DIVERSITY_FELL, WORSE = "discriminator-won", "diversity-fell", "worse-and-worse"
NEVER_LEARNT = "never-learnt"


def should_stop(points: Sequence[CurvePoint]) -> EarlyStop | None:
    """Why the run should go back to its best evaluation now; None: go on.

    Args:
        points: the curves so far, by step; those of evaluations have `kid`, `diversity` and `faces`, others `d_real`,
            `d_fake` and `generator_loss`; a point may have all.
    """
    evaluations = [point for point in points if "kid" in point.values]
    if len(evaluations) < FEWEST_EVALUATIONS:
        return None
    at = min(range(len(evaluations)), key=lambda index: evaluations[index].values["kid"])
    best, since = evaluations[at], evaluations[at + 1 :]
    after = [point for point in points if point.step > best.step]
    code = NEVER_LEARNT if _never_learnt(evaluations) else _reason(best, since, after)
    if code is None:
        return None
    return EarlyStop(code, evaluations[-1].step, best.step, "kid", best.values["kid"])


def _reason(best: CurvePoint, since: Sequence[CurvePoint], after: Sequence[CurvePoint]) -> str | None:
    if len(since) < _SINCE_BEST:
        return None
    if _discriminator_won(after):
        return DISCRIMINATOR_WON
    if _diversity_fell(best, since):
        return DIVERSITY_FELL
    return WORSE if _worse(best, since) else None


def _never_learnt(evaluations: Sequence[CurvePoint]) -> bool:
    """Never a face, and for long nothing but the same picture."""
    last = [point.values.get("diversity", 1.0) for point in evaluations[-_DEAD:]]
    return max(last) < _ALL_ALIKE and not any(point.values.get("faces", 1.0) for point in evaluations)


def _discriminator_won(after: Sequence[CurvePoint]) -> bool:
    """Real and drawn are told apart nearly always, and the generator falls further behind.

    Never so with the hinge loss, which leaves off at three to one; there variety and KID have to tell.
    """
    reports = [point.values for point in after if {"d_real", "d_fake", "generator_loss"} <= point.values.keys()]
    third = len(reports) // 3
    if not third:
        return False
    won = fmean(report["d_real"] - report["d_fake"] >= _GAP for report in reports)
    early, late = (fmean(report["generator_loss"] for report in part) for part in (reports[:third], reports[-third:]))
    return won >= _GAP_HELD and late >= _CLIMB * early


def _diversity_fell(best: CurvePoint, since: Sequence[CurvePoint]) -> bool:
    variety = [point.values.get("diversity", 1.0) for point in since[-_VARIETY_HELD:]]
    return max(variety) < _VARIETY * best.values.get("diversity", 0.0)


def _worse(best: CurvePoint, since: Sequence[CurvePoint]) -> bool:
    """Clearly above the best in each of the last evaluations, and not on the way back."""
    last = [point.values["kid"] for point in since[-_SINCE_BEST_BY_KID:]]
    half = len(last) // 2
    lowest = max(best.values["kid"], 0.0)  # an unbiased estimate may be below nought, what it estimates is not
    clearly = min(last) > max(_WORSE * lowest, lowest + _CHANCE)
    return len(last) == _SINCE_BEST_BY_KID and clearly and fmean(last[half:]) >= fmean(last[:half])
