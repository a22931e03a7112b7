"""From an exception to a message for the member: the only place that turns one into the other."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import discord
from discord import app_commands
from discord.utils import escape_markdown

from bot.ui.i18n import Value, Words
from bot.ui.language import private_words
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from bot.context import Interaction

_log = logging.getLogger(__name__)
P = ParamSpec("P")
S = TypeVar("S")

# The interaction is not ours to answer any more: three seconds, or fifteen minutes, are over, or it was answered.
INTERACTION_GONE = frozenset({10062, 10015, 50027, 40060})
_OUTDATED = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch, app_commands.TransformerError)

# Values of a text's variables that the failure's details lack.
_DEFAULT_DETAILS: Mapping[str, Value] = {
    "reason": "",
    "waiting": 1,
    "remark": "",
    "names": "…",
    "step": 0,
    "known": "…",
    "preset": "",
    "option": "",
    "value": "",
    "allowed": "…",
    "number": "",
    "name": "…",
    "into": "…",
    "photos": 0,
    "labels": 0,
    "title": "…",
    "state": "finished",
    "new": 0,
    "old": 0,
    "guild": "…",
    "model": "…",
    "trait": "…",
    "target": "…",
    "used": "…",
    "quota": "…",
    "attempts": 3,
    "roles": "…",
    "channels": "…",
    "most": 0,
}
# Reasons that have a text of their own.
_BY_REASON: Mapping[str, str] = {
    "server": "error-servers-only",
    "no-picture": "error-no-picture",
    "link-preview": "error-link-preview",
    "no-data": "error-no-data",
    "channel": "error-channel",
    "elsewhere": "error-elsewhere",
    "gallery": "error-gallery",
    "list-full": "error-list-full",
    "no-report": "error-no-report",
    "none-serves": "error-none-serves",
    "photo-and-seed": "error-photo-and-seed",
    "nothing-added": "error-nothing-added",
    "trait-form": "error-trait-form",
    "fool-without-photo": "error-fool-without-photo",
    "photo-without-fool": "error-photo-without-fool",
    "epsilon-without-fool": "error-epsilon-without-fool",
    "years-and-to": "error-years-and-to",
    "zero-years": "error-zero-years",
    "merge-oneself": "error-merge-oneself",
    "split-none": "error-split-none",
    "split-all": "error-split-all",
    "split-oneself": "error-merge-oneself",
    "no-such-alias": "error-no-such-alias",
    "too-many-aliases": "error-too-many-aliases",
    "age-of-series": "error-age-of-series",
    "kid": "error-not-better-kid",
    "age_error": "error-not-better-age",
    "unknown-embedder": "error-unknown-embedder",
    "withdrawn": "error-withdrawn",
    "named-objector": "error-named-objector",
    "nobody": "error-nobody-known",
}
# Details that people have named, or lists of such.
_NAMED_BY_PEOPLE = frozenset({"name", "names", "into", "target", "title", "known"})
_EXPECTED = (OmokageError, app_commands.CheckFailure, *_OUTDATED)


def error_message(words: Words, code: ErrorCode, details: Mapping[str, Any], job_id: int) -> str:
    """Say what went wrong and what to do, with the job's number below."""
    return f"{error_reason(words, code, details)}\n{job_number_line(words, job_id)}"


def error_reason(words: Words, code: ErrorCode, details: Mapping[str, Any]) -> str:
    """Say what went wrong and what to do."""
    return words.say(_key(code, details), **{**_DEFAULT_DETAILS, **_escaped(details)})


def _escaped(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details with the names in them as Discord shows them letter by letter: they may hold `*` and `_`."""
    return {
        key: escape_markdown(value) if isinstance(value, str) and key in _NAMED_BY_PEOPLE else value
        for key, value in details.items()
    }


def job_number_line(words: Words, job_id: int) -> str:
    """Write the number by which the log, /show and /jobs know a job."""
    return words.say("error-job-line", job=str(job_id))


def _key(code: ErrorCode, details: Mapping[str, Any]) -> str:
    return _BY_REASON.get(str(details.get("reason")), f"error-{code.value}")


async def report_error(interaction: Interaction, error: Exception) -> None:
    """Tell the member, ephemerally; what no member can do anything about is logged, once."""
    cause = _cause(error)
    if isinstance(cause, discord.HTTPException) and cause.code in INTERACTION_GONE:
        _log.warning("job %s: the interaction could not be answered any more (%s)", interaction.id, cause.code)
        return
    if not isinstance(cause, _EXPECTED):
        _log.error("job %s: %s failed", interaction.id, _source_of(interaction), exc_info=cause)
    try:
        await _reply_ephemerally(interaction, await _message_for(interaction, cause))
    except (discord.HTTPException, OSError) as failure:
        _log.warning("job %s: the member could not be told: %s", interaction.id, type(failure).__name__)


async def reply_unknown_item(interaction: Interaction) -> None:
    """Answer a button, a select or a form that the bot does not know: an older version's, or a forged one."""
    try:
        await _reply_ephemerally(interaction, (await private_words(interaction)).say("error-unknown-item"))
    except (discord.HTTPException, OSError) as failure:
        _log.warning("job %s: the member could not be told: %s", interaction.id, type(failure).__name__)


def guarded(
    callback: Callable[Concatenate[S, Interaction, P], Awaitable[None]],
) -> Callable[Concatenate[S, Interaction, P], Awaitable[None]]:
    """Report the exceptions of a callback of a button, select or form, which discord.py would swallow."""

    @functools.wraps(callback)
    async def guard(self: S, interaction: Interaction, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await callback(self, interaction, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, the member gets an answer
            await report_error(interaction, error)

    return guard


def _cause(error: Exception) -> Exception:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    return error


def _source_of(interaction: Interaction) -> str:
    """Name the command or the button's custom id; never the token."""
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("name") or data.get("custom_id") or interaction.type.name)


async def _message_for(interaction: Interaction, cause: Exception) -> str:
    words = await private_words(interaction)
    if isinstance(cause, OmokageError):
        return error_message(words, cause.code, cause.details, interaction.id)
    if isinstance(cause, app_commands.CheckFailure):
        return error_message(words, ErrorCode.NOT_ALLOWED, {"reason": "moderators"}, interaction.id)
    if isinstance(cause, _OUTDATED):
        return words.say("error-outdated")
    return error_message(words, ErrorCode.INTERNAL, {}, interaction.id)


async def _reply_ephemerally(interaction: Interaction, text: str) -> None:
    """Reply ephemerally, whatever was replied before."""
    response = interaction.response
    if not response.is_done():
        await response.send_message(text, ephemeral=True)
        return
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        # The first follow-up takes the place of "thinking", and would be as public as that.
        await interaction.delete_original_response()
    await interaction.followup.send(text, ephemeral=True)
