"""The texts about a training: its message, its line in the history, its label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import discord
from discord.utils import format_dt

from bot.errors import error_reason
from bot.features.dataset.texts import data_line
from bot.features.train.status.figures import curve_fields, ending_line, legend, outcome
from bot.ui.formatting import cost, duration, figure, progress_bar
from bot.ui.i18n import Value, Words, clip
from core.domain.data.datasets import Dataset
from core.domain.registry.versions import Version
from core.domain.training.costs import Price
from core.domain.training.presets import OPTIONS
from core.domain.training.runs import DesiredState, Run, RunKind, RunState

# A segment ends and the next one begins within a second; a run that waits longer than this does wait.
BETWEEN_SEGMENTS = timedelta(seconds=10)
CURVES, SAMPLES = "curves.png", "samples.png"
_COLOURS = {
    "waiting": 0x8899AA,
    "running": 0x4477AA,
    "pausing": 0xCCBB44,
    "paused": 0xCCBB44,
    "stopping": 0xCCBB44,
    "stopped": 0x8899AA,
    "failed": 0xCC6677,
    "finished": 0x228833,
}


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run with all that its message shows; `phase` is its state as members see it."""

    run: Run
    dataset: Dataset | None
    version: Version | None
    price: Price | None
    phase: str


def phase_of(run: Run, *, idle: timedelta) -> str:
    """Say what a run does now, as its message calls it; `idle` is how long nothing changed."""
    if run.state in {RunState.WAITING, RunState.RUNNING} and run.desired_state is not DesiredState.RUN:
        return "pausing" if run.desired_state is DesiredState.PAUSE else "stopping"
    if run.state is RunState.WAITING and run.segments and idle < BETWEEN_SEGMENTS:
        return "running"
    return run.state.value


def run_title(words: Words, run: Run) -> str:
    """Write number, kind and preset."""
    return words.say("run-title", number=str(run.number), kind=run.kind.value, preset=run.preset)


def run_embed(words: Words, shown: RunStatus) -> discord.Embed:
    """Build the run's message."""
    run, step = shown.run, step_of(shown.run)
    lines = [_state_line(words, shown), _bar_line(words, run, step), _about_line(words, shown), legend(words, run)]
    text = "\n".join(filter(None, lines))
    embed = discord.Embed(colour=_COLOURS[shown.phase], title=run_title(words, run), description=text)
    for name, value in _fields(words, shown):
        embed.add_field(name=name, value=value)
    return embed


def moved_embed(words: Words, run: Run, url: str) -> discord.Embed:
    """Build what an old message becomes: a link to the new one."""
    text = words.say("run-moved", url=url)
    return discord.Embed(colour=_COLOURS["waiting"], title=run_title(words, run), description=text)


def step_of(run: Run) -> int:
    """Give the newest step that is known; while nobody trains, that of the checkpoint."""
    if run.live is None or run.state in {RunState.PAUSED, RunState.STOPPED}:
        return run.step
    return max(run.step, run.live.step)


def history_embed(words: Words, runs: Iterable[Run], versions: Mapping[int, Version]) -> discord.Embed:
    """List runs, newest first."""
    lines = [_history_line(words, run, versions.get(run.id)) for run in runs]
    return discord.Embed(
        colour=_COLOURS["running"], title=words.say("train-history-title"), description="\n".join(lines)
    )


def run_label(words: Words, run: Run) -> str:
    """Label a run for autocompletion."""
    state = words.say("run-state-short", state=run.state.value)
    return clip(words.say("run-choice", number=str(run.number), preset=preset_label(run), state=state), 100)


def preset_label(run: Run) -> str:
    """Name the preset; of generators with their kind, since recognisers have a `classic`, too."""
    return run.preset if run.kind is RunKind.RECOGNISER else " ".join(dict.fromkeys((run.kind.value, run.preset)))


def _state_line(words: Words, shown: RunStatus) -> str:
    run = shown.run
    lines = [f"**{words.say('run-state', state=shown.phase)}**", ending_line(words, run)]
    if run.state is RunState.WAITING and run.live is not None and run.live.handed_over:
        lines.append(words.say("run-handed-over", step=run.step))
    if run.failure is not None:
        lines.append(error_reason(words, run.failure.code, run.failure.details))
    if run.state is RunState.FINISHED and shown.version is not None:
        lines.append(outcome(words, shown.version))
        if shown.version.draws_no_face:
            lines.append(words.say("model-draws-no-face"))
    return "\n".join(filter(None, lines))


def _bar_line(words: Words, run: Run, step: int) -> str:
    fraction = step / run.steps if run.steps else 0.0
    done = words.say("run-step", percent=int(100 * fraction), step=step, steps=run.steps)
    return f"{progress_bar(fraction)} {done}"


def _about_line(words: Words, shown: RunStatus) -> str:
    """Write data, options and the member who asked, in small print."""
    run, parts = shown.run, []
    if shown.dataset is not None:
        parts.append(data_line(words, shown.dataset))
    shown_options = {name: run.config.get(name) for name in OPTIONS}
    parts += [
        f"{name} {value}" for name, value in shown_options.items() if value is not None and (value or name != "fold")
    ]
    if run.parent_step is not None:
        parts.append(words.say("run-branched", step=run.parent_step))
    parts.append(words.say("run-asked-by", member=str(run.origin.member_id)))
    return f"-# {' · '.join(parts)}"


def _fields(words: Words, shown: RunStatus) -> Iterable[tuple[str, str]]:
    run = shown.run
    yield from curve_fields(words, run.kind, run.live.values if run.live else {})
    if run.live is not None and shown.phase in {"running", "pausing", "stopping"}:
        if run.live.steps_per_second:
            yield words.say("run-speed"), words.say("run-steps-per-second", steps=figure(run.live.steps_per_second))
        if run.live.seconds_left is not None:
            yield words.say("run-left"), duration(words, run.live.seconds_left)
    if run.seconds >= 1:
        yield words.say("run-spent"), _spent(words, shown)


def _spent(words: Words, shown: RunStatus) -> str:
    spent = duration(words, shown.run.seconds)
    return spent if shown.price is None else f"{spent} · {cost(shown.price, shown.run.seconds)}"


def _history_line(words: Words, run: Run, version: Version | None) -> str:
    when = format_dt(run.created_at, "R")
    state = words.say("run-state-short", state=run.state.value)
    values: dict[str, Value] = {"number": str(run.number), "preset": preset_label(run), "state": state, "when": when}
    line = words.say("train-history-line", step=step_of(run), steps=run.steps, **values)
    return line if version is None else f"{line} · {outcome(words, version)}"
