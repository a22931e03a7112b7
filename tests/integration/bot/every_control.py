"""Uses every command, every option that is completed, every button, select and form, as one member.

What is used is listed from the bot itself: a command without a case here is a KeyError.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.catalogue import FORMS, ITEMS
from bot.client import OmokageBot
from bot.features.about.texts import leaves
from core.domain.jobs import JobKind
from sandbox.driver import Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import until
from tests.integration.bot.full_guild import SECRET, FullGuild
from tests.integration.bot.test_classify import PHOTO

WHO_IS_THIS, AGE_THE_FACES, TEACH_THESE_FACES = "Who is this?", "Age the faces", "Teach these faces"
_MENUS = frozenset({WHO_IS_THIS, AGE_THE_FACES, TEACH_THESE_FACES})
_FIELDS = ("name", "reason", "who", "new")  # of forms: what is not theirs is left alone by them
# Of which kind of job a button is, by the start of its custom id; all others are of photos.
_FITTING: Mapping[str, JobKind] = {
    "aged": JobKind.AGE,
    "dataset:kept": JobKind.CURATE,
    "drawn": JobKind.GENERATE,
    "optimized": JobKind.OPTIMIZE,
    "people:split-sheet": JobKind.SHEET,
}
Item: TypeAlias = "tuple[type[discord.ui.DynamicItem[Any]], str]"  # and its custom id


def options_for(full: FullGuild) -> dict[str, dict[str, Any]]:
    """Of every command: options that ask for what that guild has."""
    number, data = {"run": full.paused.number}, {"data": full.dataset.title}
    version = {"version": full.version.number}
    return {
        "classify": {"photo": PHOTO},
        WHO_IS_THIS: {},
        AGE_THE_FACES: {},
        TEACH_THESE_FACES: {},
        "teach": {},
        "label start": {},
        "label who": {"name": SECRET},
        "label me": {},
        "label learn": {},
        "people public": {"name": SECRET, "listed": True},
        "settings learning": {"whose": "off"},
        "age": {"photo": PHOTO, "to": 70},
        "generate": {"count": 2, "seed": 5},
        "morph": {"a-seed": 1, "b-seed": 2},
        "mix": {"add": "1 2"},
        "optimize": {"target": full.dataset.classes[0].name},
        "show": {"job": str(full.done[JobKind.CLASSIFY].id)},
        "jobs": {"everyone": True},
        "people list": {},
        "people add": {"name": "unknown"},  # a name that is refused, since nothing may be changed
        "people alias": {"name": SECRET, "remove": SECRET},
        "people history": {"name": SECRET},
        "people rename": {"name": SECRET, "new-name": SECRET},
        "people merge": {"name": SECRET, "into": SECRET},
        "people split": {"name": SECRET},
        "people export": {},
        "people remove": {"name": SECRET},
        "people object": {"name": SECRET},
        "people withdraw": {"name": SECRET},
        "train start": {"kind": "recogniser", "preset": "slim", "steps": 5, **data},
        "train status": number,
        "train pause": number,
        "train resume": number,
        "train stop": number,
        "train rollback": {"step": 10, **number},
        "train branch": {"step": 10, **number},
        "train snapshot": {},
        "train history": {},
        "dataset list": {},
        "dataset curate": data,
        "model list": {},
        "model card": version,
        "model promote": version,
        "model rollback": {},
        "model evaluate": version,
        "model check": version,
        "privacy about": {},
        "privacy policy": {},
        "privacy my-data": {},
        "privacy export": {},
        "privacy forget-me": {},
        "privacy forget-person": {"name": SECRET},
        "settings show": {},
        "settings labelling": {"who": "moderators"},
        "settings language": {"which": "own"},
        "settings ages": {"shown": False},
        # Nothing may be changed, so what is taken off the lists was never on them.
        "settings labellers": {"role": fixtures.LABELLER_ROLE_ID, "allowed": False},
        "settings channels": {"channel": fixtures.GENERAL_ID, "allowed": False},
        "settings gallery": {},
        "help": {},
        "about": {},
        "health": {},
        "worker status": {},
    }


def commands_of(bot: OmokageBot) -> list[Any]:
    """All that is registered."""
    slash, menus = bot.tree.get_commands(), bot.tree.get_commands(type=discord.AppCommandType.message)
    return list(leaves(list(dict.fromkeys([*slash, *menus]))))


def completed_options(bot: OmokageBot) -> list[tuple[str, str]]:
    """Every option for which something is offered while it is typed."""
    slash = [one for one in commands_of(bot) if isinstance(one, app_commands.Command)]
    return [(one.qualified_name, p.display_name) for one in slash for p in one.parameters if p.autocomplete]


async def use(member: Member, name: str, options: Mapping[str, Any]) -> Invocation:
    """A command, whatever its kind."""
    if name in _MENUS:
        return await member.menu(name, await member.send("look", files=[PHOTO]))
    return await member.command(name, dict(options))


def custom_ids(full: FullGuild, *, every_job: bool = False) -> list[Item]:
    """Of every button and select: what it would be called under an answer of that guild.

    Args:
        full: whose jobs, runs, versions, data sets and people.
        every_job: with jobs of all kinds, also those that have no such button.
    """
    templates = [(item, item.__discord_ui_compiled_template__) for item in ITEMS]
    made = [(item, text) for item, template in templates for text in _filled(template, full, every_job=every_job)]
    assert {item for item, _ in made} == set(ITEMS)
    return made


def forms(full: FullGuild) -> list[str]:
    """Custom ids of every form."""
    return [custom_id for pattern in FORMS for custom_id in _filled(pattern, full, every_job=False)]


async def press_all(bot: OmokageBot, member: Member, items: Sequence[Item], values: Sequence[str]) -> list[Invocation]:
    """Press every button, and choose every one of the values in every select; returns once all are answered."""
    asked = []
    for item in ITEMS:  # a message each: some replace what is in theirs
        mine = list(dict.fromkeys(custom_id for kind, custom_id in items if kind is item))
        if "Select" in item.__name__:
            asked += await _choose(bot, member, mine, values)
        else:
            asked += await _press(bot, member, mine)
    await asyncio.gather(*(one.ack() for one in asked))
    return asked


async def _press(bot: OmokageBot, member: Member, custom_ids: Sequence[str]) -> list[Invocation]:
    asked = []
    alone = custom_ids and custom_ids[0].startswith("label")  # the next card takes the message of the one before
    for page in _pages(custom_ids, 1 if alone else 25):
        message = await _poster(bot, member, [discord.ui.Button(label="x", custom_id=custom_id) for custom_id in page])
        asked += [await member.click(message, custom_id) for custom_id in page]
    return asked


async def _choose(
    bot: OmokageBot, member: Member, custom_ids: Sequence[str], values: Sequence[str]
) -> list[Invocation]:
    asked = []
    for page in _pages(custom_ids, 5):
        options = [discord.SelectOption(label=value, value=value) for value in values]
        selects = [discord.ui.Select[Any](custom_id=custom_id, options=options) for custom_id in page]
        message = await _poster(bot, member, selects)
        asked += [await member.select(message, custom_id, value) for custom_id in page for value in values]
    return asked


async def submit(bot: OmokageBot, member: Member, custom_id: str, value: str) -> Invocation:
    """Send a form that was never opened: the bot gets it in the place of a command."""
    parsers = bot._connection.parsers
    once = parsers["INTERACTION_CREATE"]
    fields = [{"type": 18, "component": {"type": 4, "custom_id": name, "value": value}} for name in _FIELDS]

    def forged(data: Any) -> None:
        parsers["INTERACTION_CREATE"] = once
        once({**data, "type": 5, "data": {"custom_id": custom_id, "components": fields}})

    parsers["INTERACTION_CREATE"] = forged
    interaction = await member.command("about")
    await interaction.ack()
    return interaction


async def settled(bot: OmokageBot) -> None:
    """Wait until all that was asked for has its answer."""
    jobs = bot.services.jobs
    await until(lambda: not jobs.outbox.pending() and not bot.relay._in_flight and not bot.intake._in_flight)


def read_by(member: Member, since: int = 0) -> str:
    """All that the bot has shown to a member: texts, pictures' names, choices, forms; no custom ids."""
    kinds = {"MESSAGE_CREATE", "MESSAGE_UPDATE", "MODAL_OPEN"}
    frames = [frame for frame in member.frames[since:] if frame["t"] in kinds]
    return json.dumps([_without_ids(frame["d"]) for frame in frames], ensure_ascii=False)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in {"custom_id", "values"}}
        return {key: _without_ids(inner) for key, inner in kept.items()}
    return [_without_ids(inner) for inner in value] if isinstance(value, list) else value


def _filled(template: re.Pattern[str], full: FullGuild, *, every_job: bool) -> Iterator[str]:
    texts = [template.pattern]
    while any("(?P<" in text for text in texts):
        texts = [filled for text in texts for filled in _fill_first(text, full, every_job=every_job)]
    yield from texts


def _fill_first(text: str, full: FullGuild, *, every_job: bool) -> list[str]:
    """The template with each value that its first open part may have."""
    match = re.search(r"\(\?P<(\w+)>([^)]*)\)", text)
    assert match is not None, text
    name, inner = match[1], match[2]
    values = inner.split("|") if name == "action" else _values(name, text, full, every_job=every_job)
    return [text.replace(match[0], str(value), 1) for value in values]


def _values(name: str, text: str, full: FullGuild, *, every_job: bool) -> Sequence[int | str]:
    if name == "job":
        taught = full.done[JobKind.TEACH].id  # whose faces a moderator may name, whatever the answer looks like
        return [id_ for id_ in full.job_ids if id_ != taught] if every_job else [_fitting_job(text, full)]
    return {
        "run": [full.paused.id, full.finished.id],
        "version": [full.version.id],
        "data": [full.dataset.id],
        "person": [full.person_id],
        "into": [full.person_id],
        "member": [1],  # nobody's who is here
        "receipt": [full.receipt_id],
        "number": [1],
        "message": [0],
        "seed": [3],
        "age": [40],
        "first": [0],
        "page": [0],
        "step": [10],
        "card": [full.card_id],
        "since": [1],
        "left_out": [0],
        "menu": [1],
    }[name]


def _fitting_job(text: str, full: FullGuild) -> int:
    if text.startswith("cancel"):
        return full.running.id
    if text.startswith("drawn:meant"):
        return full.choice.id
    return full.done[next((kind for start, kind in _FITTING.items() if text.startswith(start)), JobKind.CLASSIFY)].id


def _pages(custom_ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(custom_ids), size):
        yield custom_ids[first : first + size]


async def _poster(bot: OmokageBot, member: Member, items: Sequence[discord.ui.Item[Any]]) -> Json:
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # nobody but the bot's own items shall answer
    channel = bot.get_partial_messageable(int(member._channels["photos"]))
    sent = await channel.send("forged", view=view)
    return await member.wait_for(lambda message: message["id"] == str(sent.id))
