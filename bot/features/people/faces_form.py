"""Name several unknown faces of a photo at once: a button under the answer, and the form that it opens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.errors import error_reason, guarded
from bot.features.people import labelling
from bot.features.people.custom_ids import FaceLocation
from bot.features.people.name_form import FORM_LIFE_S, MAX_TITLE, MIN_PROBABILITY
from bot.features.people.shown_faces import ShownFace, shown_faces
from bot.intake.lookup import ID, find_job, parse_id
from bot.ui.forms import text_values
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.permissions import require_labeller
from core.domain.classification import ClassifyResult
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind
from core.domain.people import MAX_NAME_LENGTH, Person

if TYPE_CHECKING:
    from bot.context import Interaction

FORM = re.compile(rf"names:(?P<job>{ID})")
MAX_FACES = 5  # Discord's limit for the fields of a form
MIN_FACES = 2  # a single face has a button of its own, whose form also offers the people who are known
_FIELD = re.compile(r"name:(?P<number>\d{1,4})")
_PLACEHOLDER = 100  # Discord's limit, for a text field


class FacesButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"faces-name:(?P<job>{ID})"):
    """Opens the form for the faces that nobody has named yet; which those are is looked up when it is pressed."""

    def __init__(self, button: discord.ui.Button[Any], job_id: int) -> None:
        super().__init__(button)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> FacesButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show the form, or say that every face has a name by now."""
        guild_id = await require_labeller(interaction)
        unknown = unnamed(await faces_in(interaction, self.job_id, guild_id))
        words = await private_words(interaction)
        if unknown:
            await interaction.response.send_modal(FacesForm(words, self.job_id, unknown))
        else:
            await interaction.response.send_message(words.say("names-all-named"), ephemeral=True)


class FacesForm(discord.ui.Modal):
    """Ask for the names of up to five faces; `handle_faces_form` takes them: discord.py forgets open forms.

    Discord allows five fields in a form, so each face has one, and that is a text field: a select cannot take a new
    name, and unknown faces are mostly those of people who are new. A typed name may also be that of somebody known,
    whatever its case or width; the likeliest person stands in the empty field as a hint. No field is required, since
    nobody knows everybody in a photo.
    """

    def __init__(self, words: Words, job_id: int, unknown: Sequence[ShownFace]) -> None:
        super().__init__(
            title=clip(words.say("names-title"), MAX_TITLE), custom_id=f"names:{job_id}", timeout=FORM_LIFE_S
        )
        for face in unknown[:MAX_FACES]:
            text = words.say("names-face-label", number=str(face.number))
            self.add_item(discord.ui.Label[Any](text=text, component=_field(words, face)))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Do nothing: see `handle_faces_form`."""


def faces_button(words: Words, job_id: int, faces: Sequence[ShownFace]) -> FacesButton | None:
    """Make the button for the next five unknown faces, with their numbers; None where there are too few."""
    numbers = [str(face.number) for face in unnamed(faces)][:MAX_FACES]
    if len(numbers) < MIN_FACES:
        return None
    label = words.say("faces-name-button", numbers=", ".join(numbers))
    style = discord.ButtonStyle.primary
    return FacesButton(discord.ui.Button(label=label, custom_id=f"faces-name:{job_id}", style=style), job_id)


def unnamed(faces: Sequence[ShownFace]) -> list[ShownFace]:
    """Select the faces that have no name and can be given one."""
    return [face for face in faces if face.editable and face.name is None]


async def faces_in(interaction: Interaction, job_id: int, guild_id: int) -> list[ShownFace]:
    """Read the faces of an answer with their present names.

    Raises:
        OmokageError: UNKNOWN_JOB; FACE_GONE, the job has found no faces.
    """
    bot, job = interaction.client, await find_job(interaction, job_id, JobKind.CLASSIFY)
    if job.result is None:
        raise OmokageError(ErrorCode.FACE_GONE)
    stored = await bot.threads.quick(bot.services.people.faces_of, job_id, guild_id)
    objecting = await bot.threads.quick(bot.services.people.objecting_ids, guild_id)
    return shown_faces(ClassifyResult.from_json(job.result), stored, objecting)


async def handle_faces_form(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """Name the faces as the submitted form says, leave those alone whose fields are empty, and say what was refused.

    A name that is refused keeps none of the others from being taken: whoever typed five does not type four again.
    """
    await require_labeller(interaction)
    job_id, words = parse_id(match["job"]), await private_words(interaction)
    named: dict[int, Person] = {}
    refused: list[str] = []
    for number, text in _typed(components).items():
        try:
            named[number] = await labelling.save_name(interaction, FaceLocation(job_id, number), text)
        except OmokageError as error:
            refused.append(
                words.say("names-refused", number=str(number), reason=error_reason(words, error.code, error.details))
            )
    if named:
        await labelling.show_saved(interaction, FaceLocation(job_id, min(named)), _thanks(words, named))
    if refused or not named:
        await _tell(interaction, "\n".join(refused) or words.say("names-nothing"))


def _typed(components: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Map the number of each face to the name that is typed; empty fields are left out."""
    fields = ((_FIELD.fullmatch(custom_id), text) for custom_id, text in text_values(components))
    return {int(match["number"]): text for match, text in fields if match is not None and text.strip()}


def _thanks(words: Words, named: Mapping[int, Person]) -> str:
    names = (
        words.say("names-saved-face", number=str(number), name=escape_markdown(person.name))
        for number, person in named.items()
    )
    return words.say("names-saved", saved=" · ".join(names))


async def _tell(interaction: Interaction, text: str) -> None:
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)


def _field(words: Words, face: ShownFace) -> discord.ui.TextInput[Any]:
    hint = words.say("names-placeholder")
    likeliest = next((candidate for candidate in face.alternatives if candidate.probability >= MIN_PROBABILITY), None)
    if likeliest is not None:
        hint = words.say("names-likely-placeholder", name=likeliest.name)
    return discord.ui.TextInput(
        custom_id=f"name:{face.number}",
        placeholder=clip(hint, _PLACEHOLDER),
        max_length=MAX_NAME_LENGTH,
        required=False,
    )
