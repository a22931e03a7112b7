"""A model version and a promotion as text and as JSON; docs/cli.md documents the JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.optimisation import Robustness
from core.domain.registry.retraining import (
    METRIC,
    RETRAINED,
    RetrainingState,
    needs_retraining,
    predecessor_of,
    retraining_from_metrics,
)
from core.domain.registry.robustness import robustness_from_metrics
from core.domain.registry.versions import Promotion, Version
from core.domain.training.runs import RunKind

# What answers where nothing was promoted, by whether it generates: core/services/generation/generator_lookup.py.
WITHOUT = {False: "the method that needs no training", True: "the newest version"}
_BY_DLIB = {"kid", "real_kid", "diversity", "novelty"}  # measured by dlib's embedding, as they always were
_OF_DRAWN = ("kid", "faces", "diversity", "novelty")  # of what draws faces
_OF_AGED = ("age_error", "identity_kept")  # of what shows faces at other ages
# Headings of a table's columns of figures, by `RunKind.compared_by`.
_HEADINGS = {
    "accuracy": ("PEOPLE", "ACCURACY", "FACES COMPARED BY"),
    "kid": ("KID (DLIB)", "WITH A FACE"),
    "age_error": ("YEARS BESIDE THE AGE", "SAME PERSON"),
}
NO_FACE = "no face is found in any of its pictures, so it does not draw unless it is promoted with --force"
WITHDRAWN_TEXT = "withdrawn: somebody who was in its data set is forgotten, so its file is deleted"
_WAITS = "of the earlier face network; a worker retrains it by itself, and until then it answers as ever"
_RETRAINING = {
    RetrainingState.PROMOTED: "v{number} was made of it for the new face networks, same people",
    RetrainingState.DATA_GONE: "not retrained for the new face networks, its data set is gone: import the pictures and "
    "train again, omokage data import, omokage train",
    RetrainingState.FAILED: "not retrained for the new face networks, its file is damaged or no face was found in its "
    "pictures: omokage train",
}
_SHOWN = 12  # names and digits of a hash that a card shows; all are in the JSON


def version_json(version: Version, *, serving: bool) -> dict[str, Any]:
    """One line of `omokage model list --json`."""
    return {
        "number": version.number,
        "kind": version.kind.value,
        "label": version.label,
        "serving": serving,
        "architecture": version.architecture,
        "dataset": {"title": version.dataset_title, "hash": version.dataset_hash},
        "people": len(version.classes),
        "embedder": version.embedder,
        "embedder_title": version.embedder_title,
        "retrained_from": predecessor_of(version),
        "retraining": version.metrics.get(METRIC),
        "accuracy": version.metrics.get("accuracy"),
        "folds": version.metrics.get("folds"),
        **({name: version.metrics.get(name) for name in _measured(version.kind)}),
        "size": version.size,
        "sha256": version.weights,
        "created": version.created_at.isoformat(timespec="seconds"),
    }


def _measured(kind: RunKind) -> tuple[str, ...]:
    if kind.ages:
        return _OF_AGED
    return _OF_DRAWN if kind.generates else ()


def card_json(version: Version, run: int | None, *, serving: bool) -> dict[str, Any]:
    """`omokage model card --json`; `run` is the number of the training."""
    return {
        **version_json(version, serving=serving),
        "run": run,
        "config": dict(version.config),
        "classes": [{"name": name, "person_id": person_id} for name, person_id in version.classes],
        "metrics": dict(version.metrics),
        "parts": [{"name": part.name, "licence": part.licence} for part in version.parts],
    }


def promotion_json(promotion: Promotion, number: int | None) -> dict[str, Any]:
    """What `promote` and `rollback` say, and one line of `history`."""
    return {
        "version": number,
        "kind": promotion.kind.value,
        "rollback": promotion.back,
        "forced": promotion.forced,
        "reason": promotion.reason,
        "by": promotion.promoted_by,
        "at": promotion.created_at.isoformat(timespec="seconds"),
    }


def version_row(
    version: Version | None = None, *, serving: bool = False, kind: RunKind = RunKind.RECOGNISER
) -> list[str]:
    """Return a row of the table; without a version its heading, for versions of a kind."""
    if version is None:
        return ["", "VERSION", "DATA", *_HEADINGS[kind.compared_by], "MADE"]
    metrics = version.metrics
    if version.kind.ages:
        figures = [_figure(metrics.get("age_error", "-")), _percentage(metrics.get("identity_kept"))]
    elif version.kind.generates:
        figures = [_figure(metrics.get("kid", "-")), _percentage(metrics.get("faces"))]
    else:
        figures = [str(len(version.classes)), _percentage(metrics.get("accuracy")), version.embedder_title or "-"]
    made = f"{version.created_at:%Y-%m-%d}"
    return ["*" if serving else "", version.label, version.dataset_title, *figures, made]


def history_row(promotion: Promotion | None = None, number: int | None = None) -> list[str]:
    """For the table; None: its heading."""
    if promotion is None:
        return ["SINCE", "VERSION", "HOW", "REASON"]
    how = "rolled back" if promotion.back else "forced" if promotion.forced else "promoted"
    which = WITHOUT[promotion.kind.generates] if promotion.version_id is None else f"v{number}"
    return [f"{promotion.created_at:%Y-%m-%d %H:%M}", which, how, promotion.reason]


def card(version: Version, run: int | None, *, serving: bool) -> str:
    """Everything about a version but its weights, for a reader; `run` is the number of the training."""
    names = [name for name, _ in version.classes]
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    known = {
        "people": f"{len(names)}: {', '.join(names[:_SHOWN])}{more}",
        "accuracy": _accuracy(version.metrics),
        "embedder": version.embedder_title,
        "retraining": retraining_text(version, serving=serving),
        "robustness": robustness_text(robustness_from_metrics(version.metrics), version.number),
    }
    lines = {
        "made": f"{version.created_at:%Y-%m-%d %H:%M} UTC{f', by run {run}' if run is not None else ''}",
        "data": f"{version.dataset_title} ({version.dataset_hash[:_SHOWN]})",
        **({} if version.kind.generates else {name: text for name, text in known.items() if text}),
        **{_title(name): _figure(value) for name, value in version.metrics.items() if _is_plain(name, value)},
        "config": ", ".join(f"{key} {value}" for key, value in version.config.items()),
        "weights": f"{version.size / 1e6:.1f} MB, sha256 {version.weights}",
        **{f"part {number}": f"{part.name} ({part.licence})" for number, part in enumerate(version.parts, 1)},
    }
    room = max(map(len, lines)) + 2
    head = f"{version.label}{', answers now' if serving else ''}"
    warning = [f"  {NO_FACE}"] if version.draws_no_face else []
    warning += [f"  {WITHDRAWN_TEXT}"] if version.is_withdrawn and version.kind.generates else []
    return "\n".join([head, *warning, *(f"  {name:<{room}}{text}" for name, text in lines.items())])


def retraining_text(version: Version, *, serving: bool) -> str | None:
    """Return that a version is withdrawn, what became of it when the face networks changed, or what it was made of."""
    if version.is_withdrawn:
        return WITHDRAWN_TEXT
    predecessor, retraining = predecessor_of(version), retraining_from_metrics(version.metrics)
    if predecessor is not None:
        return f"{RETRAINED}, from v{predecessor}"
    if retraining is None:
        return _WAITS if serving and needs_retraining(version) else None
    if retraining.state is not RetrainingState.CANDIDATE:
        return _RETRAINING[retraining.state].format(number=retraining.successor)
    figures = retraining.new, retraining.old
    why = "" if None in figures else ", which is right in {:.1%} of the held-out pictures, this one in {:.1%}"
    candidate = f"v{retraining.successor} was made of it for the new face networks{why.format(*figures)}"
    return f"{candidate}; it waits as a candidate: omokage model promote {retraining.successor}"


def robustness_text(found: Robustness | None, number: int | None = None) -> str:
    """How easily a recogniser is fooled; of a version, `number` tells how to check it."""
    if found is None:
        return f"not checked yet (omokage model check {number})"
    half = "fewer than half of them" if found.median_linf is None else f"half of them with {_levels(found.median_linf)}"
    within = f"fooled within {found.epsilon}/255, all networks attacked at once"
    faces = f"{within}: {found.fooled:.0%} of {found.faces} faces, {half}"
    shares = f"{found.named_closed:.1%} closed, {found.named_open:.1%} open"
    return f"{f'{faces}; ' if found.faces else ''}textures named: {shares}"


def _title(metric: str) -> str:
    return f"{metric} (dlib)" if metric in _BY_DLIB else metric


def _levels(median: float) -> str:
    return f"{median:.0f} level{'' if median == 1 else 's'}"


def _accuracy(metrics: Mapping[str, Any]) -> str:
    folds = metrics.get("folds")
    if not isinstance(folds, Mapping):
        return _percentage(metrics.get("accuracy"))
    each = ", ".join(f"{fold}: {_percentage(share)}" for fold, share in sorted(folds.items()))
    return f"{_percentage(metrics.get('accuracy'))} (held-out folds {each})"


def _is_plain(name: str, value: object) -> bool:
    return name != "accuracy" and isinstance(value, int | float) and not isinstance(value, bool)


def _figure(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _percentage(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, int | float) else "-"
