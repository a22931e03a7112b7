"""The reply to a classify job: who is in the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ui import View

from bot.delivery.building import job_words, read_attachment
from bot.features.classify import texts
from bot.features.people.face_views import answer_view
from bot.features.people.shown_faces import ShownFace, shown_faces
from bot.reply import Reply
from bot.ui.i18n import Words
from core.domain.classification import ClassifyResult
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job
from core.domain.people import LabellingPolicy

if TYPE_CHECKING:
    from bot.context import BotContext


class ClassifyAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: NO_FACE; PHOTO_GONE, the picture is not there any more; NOT_ALLOWED, a name is drawn into it
                of somebody who has objected since.
        """
        result = _result(job)
        if not result.faces:
            raise OmokageError(ErrorCode.NO_FACE)
        objecting = await bot.threads.quick(bot.services.people.objecting_ids, job.origin.guild_id)
        if any(face.person_id in objecting for face in result.faces):
            raise OmokageError(ErrorCode.NOT_ALLOWED, reason="named-objector")
        words, faces = await self._words_and_faces(bot, job, result)
        alt = words.say("answer-picture-alt", faces=len(faces))
        photo = await read_attachment(bot, texts.picture_name(result), result.picture, alt)
        pictures = int(str(job.params.get("of", 1)))
        return Reply(
            content=words.say("answer-first-of", pictures=pictures) if pictures > 1 else "",
            embed=texts.embed_of(words, job.id, result, faces),
            view=await _view(bot, job, words, faces),
            attachments=(photo,),
        )

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build what changes when somebody names a face; the picture stays."""
        result = _result(job)
        words, faces = await self._words_and_faces(bot, job, result)
        return Reply(embed=texts.embed_of(words, job.id, result, faces), view=await _view(bot, job, words, faces))

    async def _words_and_faces(
        self, bot: BotContext, job: Job, result: ClassifyResult
    ) -> tuple[Words, list[ShownFace]]:
        words = await job_words(bot, job)
        people, guild_id = bot.services.people, job.origin.guild_id
        stored = await bot.threads.quick(people.faces_of, job.id, guild_id)
        return words, shown_faces(result, stored, await bot.threads.quick(people.objecting_ids, guild_id))


async def _view(bot: BotContext, job: Job, words: Words, faces: list[ShownFace]) -> View | None:
    settings = await bot.guild_settings.settings(job.origin.guild_id)
    return None if settings.labelling is LabellingPolicy.OFF else answer_view(words, job.id, faces)


def _result(job: Job) -> ClassifyResult:
    if job.result is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    return ClassifyResult.from_json(job.result)
