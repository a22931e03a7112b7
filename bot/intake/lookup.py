"""Parse what custom ids, options and forms refer to: everything in them may be forged, so it is parsed here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from bot.ui.permissions import guild_id_of
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobKind
from core.domain.training.presets import bad_option

if TYPE_CHECKING:
    from bot.context import Interaction

E = TypeVar("E", bound=StrEnum)

ID = r"\d{1,20}"  # for the templates of custom ids: a snowflake has up to 20 digits
MAX_ID = 2**63 - 1  # what a column of the database holds; Discord's ids reach it in 2084
NO_ID = 0  # no row has it, so that looking it up fails as it does for any unknown id
_SHOWN = 20  # characters of a forged value, in a refusal


def parse_number(text: object) -> int | None:
    """Read a whole number from 0 to MAX_ID; None: the text is none, or too large."""
    digits = str(text).strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MAX_ID)):
        return None
    number = int(digits)
    return number if number <= MAX_ID else None


def parse_id(text: object) -> int:
    """Read an id; NO_ID for what cannot be one."""
    return parse_number(text) or NO_ID


def parse_enum(kind: type[E], option: str, text: str) -> E:
    """Find the member of an enumeration that an option names.

    Raises:
        OmokageError: BAD_OPTION.
    """
    matched = next((member for member in kind if member.value == text), None)
    if matched is None:
        raise bad_option(option, text[:_SHOWN], ", ".join(kind))
    return matched


async def find_job(interaction: Interaction, job_id: int, *kinds: JobKind) -> Job:
    """Find a job of the guild in which the interaction happened.

    Args:
        interaction: any, in a guild.
        job_id: as `parse_id` read it.
        kinds: which kinds fit; none given: every kind that members see.

    Raises:
        OmokageError: UNKNOWN_JOB: there is none, or it is another guild's, or of another kind.
    """
    bot = interaction.client
    job = await bot.threads.quick(bot.services.jobs.get, job_id, guild_id_of(interaction))
    if kinds and job.kind not in kinds:
        raise OmokageError(ErrorCode.UNKNOWN_JOB)
    return job
