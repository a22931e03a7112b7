"""What members see while a picture is optimised: the picture so far, and the target's probability."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from discord.utils import escape_markdown

from bot.delivery.progress_texts import JobStatus, ProgressMessage, StageReport
from bot.features.optimize.texts import probability_text
from core.domain.optimisation import OptimizeStep

if TYPE_CHECKING:
    from bot.ui.i18n import Words


def render_optimize_progress(words: Words, status: JobStatus, report: StageReport) -> ProgressMessage | None:
    """Show step, probability, picture and a button that stops there; None: no step is reported yet."""
    step = parse_step(report.detail)
    if step is None or not step.step:
        return None
    target = escape_markdown(str(status.job.params.get("target", "")))
    if status.job.cancel_requested:
        text = words.say("optimize-stopping")
    else:
        text = words.say(
            "optimize-step",
            step=step.step,
            steps=step.steps,
            target=target,
            chance=probability_text(step.probability),
        )
    return ProgressMessage(text, words.say("optimize-stop-button"), step.picture, words.say("optimize-progress-alt"))


def parse_step(detail: str) -> OptimizeStep | None:
    """Read a worker's detail; None: there is none, or a worker of another version wrote it."""
    try:
        return OptimizeStep.from_json(json.loads(detail)) if detail else None
    except (ValueError, TypeError):
        return None
