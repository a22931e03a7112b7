"""The texts about model versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import discord
from discord.utils import escape_markdown, format_dt

from bot.ui.formatting import figure, file_size, percent
from bot.ui.i18n import Words, clip
from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.jobs import JSON
from core.domain.registry.evaluation import EvaluationReport, PersonScore
from core.domain.registry.retraining import (
    RetrainingState,
    needs_retraining,
    predecessor_of,
    retraining_from_metrics,
)
from core.domain.registry.robustness import robustness_from_metrics
from core.domain.registry.versions import Version

COLOUR = 0x4477AA
_SERVING = 0x228833
PEOPLE_PER_PAGE = 15  # a name has 64 letters, twice that with its markdown escaped: 15 lines stay below 4,096
_PAIRS = 5
_NAMES = 300  # characters
_VERSIONS = 20
_SHA = 12  # digits, as in git: enough to tell versions apart
_VALUE = 1024  # Discord's, for a field
_Field: TypeAlias = "tuple[str, str, bool]"  # name, value, inline
_Write: TypeAlias = "Callable[[float], str]"
_EMBEDDERS = {DLIB: "dlib", DLIB_AND_SFACE: "both"}  # keys of the texts
_RETRAINING = {
    RetrainingState.PROMOTED: "model-retraining-promoted",
    RetrainingState.CANDIDATE: "model-retraining-candidate",
    RetrainingState.DATA_GONE: "model-retraining-data-gone",
    RetrainingState.FAILED: "model-retraining-failed",
}
_NAMING: tuple[tuple[str, str, _Write], ...] = (
    ("ece", "model-ece", figure),
    ("auroc", "model-auroc", figure),
    ("known_at_1", "model-known", percent),
)
_DRAWING: tuple[tuple[str, str, _Write], ...] = (
    ("faces", "run-faces", percent),
    ("diversity", "run-diversity", figure),
    ("novelty", "run-novelty", figure),
)
_AGEING: tuple[tuple[str, str, _Write], ...] = (
    ("age_error", "run-age-error", figure),
    ("identity_kept", "run-identity-kept", percent),
    ("held_out_loss", "run-held-out-loss", figure),
)


@dataclass(frozen=True, slots=True)
class Recall:
    """How well each person is recognised, the worst first, page by page."""

    title: str
    cards: tuple[PersonScore, ...]

    @classmethod
    def of(cls, title: str, report: EvaluationReport) -> Recall:
        """Sort a report's people by recall; those without held-out pictures come last."""

        def key(card: PersonScore) -> tuple[float, str]:
            return (2.0 if card.recall is None else card.recall, card.name)

        return cls(title, tuple(sorted(report.cards, key=key)))

    @property
    def pages(self) -> int:
        """Count the pages; there is at least one."""
        return max(1, -(-len(self.cards) // PEOPLE_PER_PAGE))


def list_embed(words: Words, versions: Sequence[Version], serving: Version | None) -> discord.Embed:
    """List versions of one kind, newest first, and say which serves."""
    kind = versions[0].kind.value
    lines = [_line(words, version, serving) for version in versions[:_VERSIONS]]
    if serving is None:
        lines.append(words.say("model-none-serves", kind=kind))
    return discord.Embed(colour=COLOUR, title=words.say("model-list-title", kind=kind), description="\n".join(lines))


def version_label(words: Words, version: Version) -> str:
    """Label a version for autocompletion."""
    good = quality_text(words, version)
    return clip(words.say("model-choice", version=version.label, data=version.dataset_title, good=good), 100)


def quality_text(words: Words, version: Version) -> str:
    """Say how good a version is, in the figure by which versions of its kind are compared."""
    if version.kind.ages:
        years = _figure_of(version.metrics, "age_error")
        return words.say("model-good-age", years="–" if years is None else figure(years))
    if version.kind.generates:
        kid = _figure_of(version.metrics, "kid")
        return words.say("model-good-kid", kid="–" if kid is None else figure(kid))
    return words.say("model-good-share", share=_percent_or_dash(version.metrics.get("accuracy")))


def embedder_text(words: Words, version: Version) -> str:
    """Name the face networks by which a recogniser compares faces."""
    embedder = version.embedder or ""
    return words.say("model-embedder-name", embedder=_EMBEDDERS.get(embedder, "other"), name=embedder)


def retraining_text(words: Words, version: Version, *, serves: bool) -> str | None:
    """Say that a version is withdrawn, what became of it when the face networks changed, or what it was made of."""
    if version.is_withdrawn:
        return words.say("model-withdrawn")
    predecessor, retraining = predecessor_of(version), retraining_from_metrics(version.metrics)
    if predecessor is not None:
        return words.say("model-retrained", number=predecessor)
    if retraining is None:
        return words.say("model-retraining-waits") if serves and needs_retraining(version) else None
    if retraining.state is RetrainingState.CANDIDATE and retraining.new is not None and retraining.old is not None:
        figures = {"new": percent(retraining.new), "old": percent(retraining.old)}
        return words.say("model-retraining-worse", number=retraining.successor or 0, **figures)
    return words.say(_RETRAINING[retraining.state], number=retraining.successor or 0)


def version_embed(words: Words, version: Version, *, serves: bool) -> discord.Embed:
    """Show everything about a version but its weights."""
    lines = [words.say("model-serves") if serves else words.say("model-serves-not")]
    if version.draws_no_face:
        lines.append(words.say("model-draws-no-face"))
    retraining = retraining_text(words, version, serves=serves)
    if retraining is not None:
        lines.append(retraining)
    lines.append(
        f"-# {words.say('model-made', when=format_dt(version.created_at, 'f'), member=str(version.created_by))}"
    )
    embed = discord.Embed(colour=_SERVING if serves else COLOUR, title=version.label, description="\n".join(lines))
    for name, value, inline in _card_fields(words, version):
        embed.add_field(name=name, value=clip(value, _VALUE), inline=inline)
    return embed.set_footer(text=words.say("model-footer", sha=version.weights[:_SHA], size=file_size(version.size)))


def report_embed(words: Words, title: str, report: EvaluationReport) -> discord.Embed:
    """Show the result of an evaluation."""
    embed = discord.Embed(colour=COLOUR, title=words.say("report-title", version=title, share=percent(report.mean)))
    data = escape_markdown(report.dataset)
    embed.description = words.say("report-data", pictures=report.pictures, people=len(report.names), data=data)
    for name, value, inline in _report_fields(words, report):
        embed.add_field(name=name, value=clip(value, _VALUE), inline=inline)
    return embed


def recall_embed(words: Words, recall: Recall, page: int) -> discord.Embed:
    """Show one page of people."""
    page = min(page, recall.pages - 1)
    lines = [person_line(words, card) for card in recall.cards[page * PEOPLE_PER_PAGE : (page + 1) * PEOPLE_PER_PAGE]]
    title = words.say("recall-title", version=recall.title)
    embed = discord.Embed(colour=COLOUR, title=title, description="\n".join(lines))
    return embed.set_footer(text=words.say("people-footer", page=page + 1, pages=recall.pages))


def person_line(words: Words, card: PersonScore) -> str:
    """Write a line such as "150 pictures, out-of-fold recall 0.91, often taken for B"."""
    name = escape_markdown(card.name)
    if card.recall is None:
        return words.say("recall-none", name=name)
    line = words.say("recall-line", name=name, pictures=card.pictures, recall=f"{card.recall:.2f}")
    if card.taken_for is None:
        return line
    other = escape_markdown(card.taken_for)
    return f"{line}{words.say('recall-taken-for', other=other, times=card.times)}"


def _line(words: Words, version: Version, serving: Version | None) -> str:
    serves = serving is not None and serving.id == version.id
    mark = "✅" if serves else "▫️"
    name, data, when = version.label, escape_markdown(version.dataset_title), format_dt(version.created_at, "R")
    line = f"{mark} {words.say('model-line', version=name, data=data, good=quality_text(words, version), when=when)}"
    if version.kind.generates:
        return line
    retraining = retraining_text(words, version, serves=serves)
    return f"{line} · {embedder_text(words, version)}" + (f"\n-# {retraining}" if retraining else "")


def _card_fields(words: Words, version: Version) -> Iterator[tuple[str, str, bool]]:
    data = words.say("model-data"), f"{escape_markdown(version.dataset_title)}\n`{version.dataset_hash[:_SHA]}`", True
    yield from _FIELDS[version.kind.compared_by](words, version, data)
    yield words.say("model-config"), _config(version.config), False
    parts = "\n".join(f"{escape_markdown(part.name)} · {part.licence}" for part in version.parts)
    yield words.say("model-parts"), parts or "–", False


def _naming_fields(words: Words, version: Version, data: _Field) -> Iterator[_Field]:
    """List the fields of a recogniser."""
    yield words.say("model-accuracy"), _accuracy(words, version.metrics), True
    yield data
    yield words.say("model-people"), str(len(version.classes)), True
    yield from _measured(words, version, _NAMING)
    yield words.say("model-embedder"), embedder_text(words, version), True
    yield words.say("model-robustness"), _robustness(words, version), False
    names = ", ".join(escape_markdown(name) for name, _ in version.classes)
    yield words.say("model-names"), clip(names or "–", _NAMES), False


def _drawing_fields(words: Words, version: Version, data: _Field) -> Iterator[_Field]:
    """List the fields of a generator."""
    kid, real = _figure_of(version.metrics, "kid"), _figure_of(version.metrics, "real_kid")
    text = f"**{'–' if kid is None else figure(kid)}**"
    if real is not None:
        text += f"\n{words.say('model-real-kid', kid=figure(real))}"
    yield words.say("run-kid"), text, True
    yield data
    best = version.metrics.get("best_step")
    if isinstance(best, int):
        yield words.say("model-best-step"), str(best), True
    yield from _measured(words, version, _DRAWING)


def _ageing_fields(words: Words, version: Version, data: _Field) -> Iterator[_Field]:
    """List the fields of what shows faces at other ages."""
    yield data
    best = version.metrics.get("best_step")
    if isinstance(best, int):
        yield words.say("model-best-step"), str(best), True
    yield from _measured(words, version, _AGEING)


_FIELDS = {"accuracy": _naming_fields, "kid": _drawing_fields, "age_error": _ageing_fields}  # by `RunKind.compared_by`


def _measured(words: Words, version: Version, shown: Sequence[tuple[str, str, _Write]]) -> Iterator[_Field]:
    for name, key, write in shown:
        value = _figure_of(version.metrics, name)
        if value is not None:
            yield words.say(key), write(value), True


def _report_fields(words: Words, report: EvaluationReport) -> Iterator[tuple[str, str, bool]]:
    yield words.say("report-folds"), _folds(report.folds), False
    yield words.say("model-ece"), figure(report.ece), True
    if report.auroc is not None:
        yield words.say("model-auroc"), figure(report.auroc), True
    if report.known_at_1 is not None:
        yield words.say("model-known"), percent(report.known_at_1), True
    pairs = [
        words.say(
            "report-pair", name=escape_markdown(pair.name), other=escape_markdown(pair.taken_for), times=pair.times
        )
        for pair in report.most_confused[:_PAIRS]
    ]
    yield words.say("report-confused"), "\n".join(pairs) or words.say("report-nobody-confused"), False


def _accuracy(words: Words, metrics: Mapping[str, JSON]) -> str:
    folds = metrics.get("folds")
    text = f"**{_percent_or_dash(metrics.get('accuracy'))}**"
    if isinstance(folds, Mapping) and folds:
        return f"{text}\n{words.say('model-folds', folds=len(folds))}"
    return text


def _robustness(words: Words, version: Version) -> str:
    """Say how easily a recogniser is fooled, and how often it takes textures for somebody."""
    robustness = robustness_from_metrics(version.metrics)
    if robustness is None:
        return words.say("model-not-checked")
    fooled = words.say(
        "model-fooled",
        epsilon=robustness.epsilon,
        share=percent(robustness.fooled),
        faces=robustness.faces,
        median=0 if robustness.median_linf is None else round(robustness.median_linf),
    )
    textures = words.say("model-textures", closed=percent(robustness.named_closed), open=percent(robustness.named_open))
    return f"{fooled}\n{textures}" if robustness.faces else textures


def _figure_of(metrics: Mapping[str, JSON], name: str) -> float | None:
    """Read a figure where its trainer put it: beside the accuracy, or only into the report."""
    report = metrics.get("report")
    value = metrics.get(name)
    if value is None and isinstance(report, Mapping):
        value = report.get(name)
    return float(value) if isinstance(value, int | float) else None


def _folds(folds: Mapping[str, float]) -> str:
    return " · ".join(f"{fold}: {percent(accuracy)}" for fold, accuracy in sorted(folds.items()))


def _config(config: Mapping[str, JSON]) -> str:
    """List the options; the embedder is a field of the card, in words."""
    options = [f"{name} {value}" for name, value in sorted(config.items()) if value is not None and name != "embedder"]
    return " · ".join(options) or "–"


def _percent_or_dash(value: JSON) -> str:
    return percent(value) if isinstance(value, int | float) else "–"
