"""**Why?** under a guessed name: which stored pictures decided, shown to whoever pressed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.utils import escape_markdown, format_dt

from bot.delivery.building import member_words, read_attachment
from bot.features.people.custom_ids import FaceLocation
from bot.features.people.faces_form import faces_in
from bot.reply import Reply
from bot.ui.i18n import Words
from bot.ui.permissions import guild_id_of
from core.domain.errors import ErrorCode, OmokageError
from core.domain.explanation import DecidingPicture, WhyRequest, WhyResult
from core.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction

_COLOUR = 0x4477AA
_PICTURE = "why.png"
_SHOWN_DIFFERENCE = 0.005  # from which on two probabilities are written differently


async def ask_why(interaction: Interaction, location: FaceLocation) -> None:
    """Ask a worker which pictures decided; anybody may, since the answer shows what the guild has posted.

    Raises:
        OmokageError: UNKNOWN_JOB, FACE_GONE; NOTHING_TO_EXPLAIN, the name is no guess.
    """
    faces = await faces_in(interaction, location.job_id, guild_id_of(interaction))
    face = next((face for face in faces if face.number == location.number), None)
    if face is None or face.probability is None or not face.editable:
        raise OmokageError(ErrorCode.NOTHING_TO_EXPLAIN)
    request = WhyRequest(location.job_id, location.number)
    params = {**request.to_json(), "title": f"❔ {location.job_id} · {location.number}"}
    await interaction.client.intake.request_job(interaction, JobKind.WHY, params)


class WhyAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: PHOTO_GONE, the picture is not there any more, or the person was removed since; NOT_ALLOWED,
                the person has objected since.
        """
        words, result = await member_words(bot, job), _result(job)
        if result.person_id in await bot.threads.quick(bot.services.people.objecting_ids, job.origin.guild_id):
            raise OmokageError(ErrorCode.NOT_ALLOWED, reason="named-objector")
        alt = words.say("why-picture-alt", pictures=len(result.pictures))
        picture = await read_attachment(bot, _PICTURE, result.picture, alt)
        return Reply(embed=why_embed(words, job, result), attachments=(picture,))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the picture, which stays."""
        return Reply(embed=why_embed(await member_words(bot, job), job, _result(job)))


def why_embed(words: Words, job: Job, result: WhyResult) -> discord.Embed:
    """Say what the probability would be without the pictures, then which pictures these are."""
    lines = [*_statements(words, result), ""]
    lines += [
        _picture_line(words, job.origin.guild_id, number, picture) for number, picture in enumerate(result.pictures, 1)
    ]
    if result.blurred:
        lines.append(words.say("why-blurred"))
    title = words.say(
        "why-title", number=str(WhyRequest.from_json(job.params).number), name=escape_markdown(result.name)
    )
    embed = discord.Embed(colour=_COLOUR, title=title, description="\n".join(lines))
    embed.set_image(url=f"attachment://{_PICTURE}")
    return embed.set_footer(text=words.say("why-footer", job=str(job.id)))


def _statements(words: Words, result: WhyResult) -> list[str]:
    name = escape_markdown(result.name)
    if len(result.pictures) == result.count:
        statements = [words.say("why-only", name=name, count=result.count, before=result.before)]
    else:
        key = "why-decisive" if result.is_decisive else "why-robust"
        figures = {"before": result.before, "after": result.after}
        statements = [words.say(key, pictures=len(result.pictures), count=result.count, **figures)]
        if result.needed is None:
            statements.append(words.say("why-needed-more"))
        elif result.needed > len(result.pictures):
            statements.append(words.say("why-needed", needed=result.needed, count=result.count))
    if result.model:
        statements.append(words.say("why-trained", share=result.shown, model=escape_markdown(result.model)))
    elif abs(result.shown - result.before) >= _SHOWN_DIFFERENCE:
        statements.append(words.say("why-changed", share=result.shown))
    return statements


def _picture_line(words: Words, guild_id: int, number: int, picture: DecidingPicture) -> str:
    """Write when and by whom a picture was named; the mention of a member in an embed pings nobody."""
    member = f"<@{picture.by}>" if picture.by else words.say("people-history-operator")
    parts = [words.say("why-picture", number=str(number), when=format_dt(picture.at, "d"), member=member)]
    if picture.copies:
        parts.append(words.say("why-copies", copies=picture.copies))
    if not picture.is_shown:
        parts.append(words.say("why-gone"))
    if picture.message_id:
        url = f"https://discord.com/channels/{guild_id}/{picture.channel_id}/{picture.message_id}"
        parts.append(f"[{words.say('people-history-message')}]({url})")
    return " · ".join(parts)


def _result(job: Job) -> WhyResult:
    if job.result is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    return WhyResult.from_json(job.result)
