"""Who does not want to be named: what leaves their names out of answers, also of those that are older than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.domain.people import name_key

if TYPE_CHECKING:
    from core.domain.faces import Candidate
    from core.domain.optimisation import OptimizeResult, Prediction
    from core.domain.registry.versions import Version

LEFT_OUT = "–"  # stands for a name in figures that have a line or a row for each person


@dataclass(frozen=True, slots=True)
class ObjectingPeople:
    """Those people of a guild who objected to being named: their ids, and the keys of their names and aliases."""

    ids: frozenset[int] = frozenset()
    keys: frozenset[str] = frozenset()

    def include(self, person_id: int | None, name: str) -> bool:
        """Say whether this is one of them; a person_id of None: only the name is known."""
        return person_id in self.ids or name_key(name) in self.keys

    def are_named_in(self, text: str) -> bool:
        """Say whether a text holds one of their names."""
        key = name_key(text)
        return any(name in key for name in self.keys)


def prediction_without(prediction: Prediction, objecting: ObjectingPeople) -> Prediction:
    """Return a prediction in which nobody is named who objected."""
    candidates = prediction.top
    gone = {candidate.name for candidate in candidates if _is_hidden(candidate, objecting)}
    named = prediction.named
    if named is not None and (named in gone or objecting.include(None, named)):
        named = None
    top = tuple(candidate for candidate in candidates if not _is_hidden(candidate, objecting))
    return replace(prediction, top=top, named=named)


def optimised_without(result: OptimizeResult, objecting: ObjectingPeople) -> OptimizeResult:
    """Return an optimisation's result in whose predictions nobody is named who objected; its target stays."""

    def cleaned(prediction: Prediction | None) -> Prediction | None:
        return None if prediction is None else prediction_without(prediction, objecting)

    transfer = tuple(
        replace(
            other,
            before=prediction_without(other.before, objecting),
            after=prediction_without(other.after, objecting),
        )
        for other in result.transfer
    )
    before, after, jpeg = map(cleaned, (result.before, result.after, result.jpeg))
    return replace(result, before=before, after=after, jpeg=jpeg, transfer=transfer)


def version_without(version: Version, objecting: ObjectingPeople) -> Version:
    """Return a version whose classes and report have `LEFT_OUT` in the place of the names of those who objected."""
    hidden = {name for name, person_id in version.classes if objecting.include(person_id, name)}
    if not hidden:
        return version
    classes = tuple((LEFT_OUT if name in hidden else name, person_id) for name, person_id in version.classes)
    metrics, report = dict(version.metrics), version.metrics.get("report")
    if isinstance(report, Mapping) and isinstance(report.get("names"), list | tuple):
        names = [LEFT_OUT if name in hidden else name for name in report["names"]]  # type: ignore[union-attr]
        metrics["report"] = {**report, "names": names}
    return replace(version, classes=classes, metrics=metrics)


def _is_hidden(candidate: Candidate, objecting: ObjectingPeople) -> bool:
    return objecting.include(candidate.person_id, candidate.name)
