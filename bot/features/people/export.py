"""/people export: all people of the guild as a file, for whoever may manage the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.building import member_words, read_attachment
from bot.reply import Reply
from bot.ui.permissions import guild_id_of, require_server_manager
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobKind
from core.domain.moving import ChatExportResult

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction

_FILE = "people.zip"


async def request_export(interaction: Interaction) -> None:
    """Let a worker write the file.

    Raises:
        OmokageError: NOT_ALLOWED; UNKNOWN_PERSON with the reason "nobody", nobody is known here.
    """
    require_server_manager(interaction)
    bot = interaction.client
    if not await bot.threads.quick(bot.services.people.names, guild_id_of(interaction)):
        raise OmokageError(ErrorCode.UNKNOWN_PERSON, reason="nobody")
    await bot.intake.request_job(interaction, JobKind.EXPORT, {"title": "/people export"})


class ExportAnswerer:
    """Builds the reply from the job's row: the file as long as it is there, or why there is none."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: PHOTO_GONE, the file was deleted a moment ago, or somebody was forgotten meanwhile.
        """
        words = await member_words(bot, job)
        if job.result is None:
            raise OmokageError(ErrorCode.PHOTO_GONE)
        result = ChatExportResult.from_json(job.result)
        if not result.fits:
            return Reply(words.say("people-export-too-large", guild=str(job.origin.guild_id)))
        if not result.file:
            return Reply(words.say("people-export-gone"))
        file = await read_attachment(bot, _FILE, result.file, words.say("people-export-alt"))
        counts = {"people": result.people, "faces": result.faces, "photos": result.photos}
        return Reply(words.say("people-exported", **counts), attachments=(file,))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message: nothing in it changes."""
        return await self.answer(bot, job)
