"""A training's figures in words: its newest metrics, why it ended early, and the version it produced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.ui.formatting import figure, percent
from bot.ui.i18n import Words
from core.domain.registry.versions import Version
from core.domain.training.runs import Run, RunKind

_Figure = tuple[str, str, Callable[[float], str]]  # its name in the curves, its text, how it is written

_OF_DRAWN: tuple[_Figure, ...] = (
    ("kid", "run-kid", figure),
    ("faces", "run-faces", percent),
    ("diversity", "run-diversity", figure),
    ("novelty", "run-novelty", figure),
)
_OF_AGED: tuple[_Figure, ...] = (
    ("age_error", "run-age-error", figure),
    ("identity_kept", "run-identity-kept", percent),
    ("held_out_loss", "run-held-out-loss", figure),
)
_SHOWN: Mapping[RunKind, tuple[_Figure, ...]] = {
    RunKind.RECOGNISER: (
        ("loss", "run-loss", figure),
        ("accuracy", "run-accuracy", percent),
        ("held_out_accuracy", "run-held-out", percent),
    ),
    RunKind.DCGAN: (
        *_OF_DRAWN,
        ("generator_loss", "run-generator-loss", figure),
        ("discriminator_loss", "run-discriminator-loss", figure),
        ("d_real", "run-d-real", percent),
        ("d_fake", "run-d-fake", percent),
    ),
    RunKind.VAE: (
        *_OF_DRAWN,
        ("loss", "run-loss", figure),
        ("held_out_loss", "run-held-out-loss", figure),
        ("reconstruction_loss", "run-reconstruction-loss", figure),
        ("divergence_loss", "run-divergence-loss", figure),
    ),
    RunKind.REAGE: (
        ("age_error", "run-age-error", figure),
        ("identity_kept", "run-identity-kept", percent),
        ("generator_loss", "run-generator-loss", figure),
        ("discriminator_loss", "run-discriminator-loss", figure),
    ),
    RunKind.CAAE: (
        *_OF_AGED,
        ("reconstruction_loss", "run-reconstruction-loss", figure),
        ("generator_loss", "run-generator-loss", figure),
        ("discriminator_loss", "run-discriminator-loss", figure),
    ),
}


def curve_fields(words: Words, kind: RunKind, values: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """List the newest value of each metric that is there."""
    for name, key, write in _SHOWN[kind]:
        if name in values:
            yield words.say(key), write(values[name])


def legend(words: Words, run: Run) -> str:
    """Explain the figures of drawn faces, in small print; empty where there are none."""
    return f"-# {words.say('run-legend')}" if run.live is not None and "kid" in run.live.values else ""


def ending_line(words: Words, run: Run) -> str:
    """Say why a run ended before its last step; empty where it did not."""
    ending: Mapping[str, Any] | None = run.live.ending if run.live is not None else None
    if not ending:
        return ""
    return words.say(
        "run-ending",
        code=str(ending["code"]),
        step=int(ending["step"]),
        best=int(ending["best"]),
        figure=str(ending["figure"]),
        value=figure(float(ending["value"])),
    )


def outcome(words: Words, version: Version) -> str:
    """Say which version a run produced, and how good it is."""
    accuracy, kid, years = (version.metrics.get(name) for name in ("accuracy", "kid", "age_error"))
    if isinstance(years, int | float):
        kept = _fraction(version, "identity_kept")
        return words.say("run-made-age", version=version.title, years=figure(years), share=kept)
    if isinstance(kid, int | float):
        return words.say("run-made-kid", version=version.title, kid=figure(kid), share=_fraction(version, "faces"))
    if not isinstance(accuracy, int | float):
        return words.say("run-made", version=version.title)
    report = version.metrics.get("report")
    pictures = report.get("pictures") if isinstance(report, Mapping) else None
    held_out = pictures if isinstance(pictures, int) else 0
    return words.say("run-made-accuracy", version=version.title, share=percent(accuracy), pictures=held_out)


def _fraction(version: Version, name: str) -> str:
    value = version.metrics.get(name)
    return percent(value) if isinstance(value, int | float) else "–"
