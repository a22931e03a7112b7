"""Buttons and selects that name the faces of an answer. All state is in the custom ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import discord

from bot.errors import guarded
from bot.features.people import labelling, name_form
from bot.features.people.custom_ids import LOCATION_PATTERN, FaceLocation
from bot.features.people.faces_form import FacesButton, faces_button, faces_in
from bot.features.people.shown_faces import ShownFace
from bot.features.people.why import ask_why
from bot.intake.lookup import ID, parse_id
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.menus import selected_value
from bot.ui.permissions import require_labeller
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from bot.context import Interaction

Action = Literal["yes", "no", "who", "why"]
Control: TypeAlias = discord.ui.DynamicItem[Any]
_ROWS = 5  # Discord's: one for each face, up to five faces
_OPTIONS = 25  # Discord's, for a select; five selects make 125 faces
_LABEL = 80  # Discord's, for a button
_STYLES = {
    "yes": discord.ButtonStyle.success,
    "no": discord.ButtonStyle.danger,
    "who": discord.ButtonStyle.secondary,
    "why": discord.ButtonStyle.secondary,
}


class FaceButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"face:(?P<action>yes|no|who|why):(?P<person>{ID}):{LOCATION_PATTERN}",
):
    """Confirms a face's name, rejects it, opens the form for another, or asks why the face was named so."""

    def __init__(self, button: discord.ui.Button[Any], action: str, person_id: int, location: FaceLocation) -> None:
        super().__init__(button)
        self.action, self.person_id, self.location = action, person_id, location

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> FaceButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["person"]), FaceLocation.of(match))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do what its label says."""
        if self.action == "yes":
            await labelling.confirm(interaction, self.location, self.person_id)
        elif self.action == "no":
            await labelling.reject(interaction, self.location, self.person_id)
        elif self.action == "why":
            await ask_why(interaction, self.location)
        else:
            await name_form.open_form(interaction, self.location)


class FacesSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"faces:(?P<job>{ID}):(?P<first>\d{{1,4}})"
):
    """Chooses a face where there are too many for buttons of their own."""

    def __init__(self, select: discord.ui.Select[Any], job_id: int) -> None:
        super().__init__(select)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> FacesSelect:
        """Rebuild the select from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show that face's buttons to this member, or the form at once where the face can only be named."""
        guild_id = await require_labeller(interaction)
        location = FaceLocation(self.job_id, parse_id(selected_value(self.item))).seen_from(interaction)
        faces = await faces_in(interaction, self.job_id, guild_id)
        face = next((face for face in faces if face.number == location.number and face.editable), None)
        if face is None:
            raise OmokageError(ErrorCode.FACE_GONE)
        if face.probability is None:  # unknown, or named by a member
            await name_form.open_form(interaction, location)
            return
        words = await private_words(interaction)
        prompt = words.say("face-prompt", number=str(face.number))
        await interaction.response.send_message(prompt, view=_view(face_row(words, face, location)), ephemeral=True)


def answer_view(words: Words, job_id: int, faces: Sequence[ShownFace]) -> discord.ui.View | None:
    """Build a row of buttons for each face, or selects for more than five; None: no face can be named.

    Below them is one button for all unknown faces, where there are several.
    """
    editable = [face for face in faces if face.editable]
    rows: list[list[Control]]
    if len(editable) <= _ROWS:
        rows = [[*face_row(words, face, FaceLocation(job_id, face.number))] for face in editable]
    else:
        pages = [editable[start : start + _OPTIONS] for start in range(0, _ROWS * _OPTIONS, _OPTIONS)]
        rows = [[_faces_select(words, job_id, page, single=not pages[1])] for page in pages if page]
    button = faces_button(words, job_id, editable)
    if button is not None:
        _add_below(rows, button)
    return _view(*rows) if rows else None


def _add_below(rows: list[list[Control]], button: FacesButton) -> None:
    """Put the button in a row of its own, or beside the last face's; where five selects take all room, nowhere."""
    if len(rows) < _ROWS:
        rows.append([button])
    elif not isinstance(rows[-1][0], FacesSelect):
        rows[-1].append(button)


def face_row(words: Words, face: ShownFace, location: FaceLocation) -> list[FaceButton]:
    """Build the buttons for one face."""
    if face.name is None or face.person_id is None:
        return [_button(words, "face-who-button", "who", face, location)]
    if face.probability is None:  # a member has named it already
        return [_button(words, "face-change-button", "who", face, location)]
    return [
        _button(words, "face-yes-button", "yes", face, location),
        _button(words, "face-other-button", "who", face, location),
        _button(words, "face-no-button", "no", face, location),
        _button(words, "face-why-button", "why", face, location),
    ]


def _button(words: Words, key: str, action: Action, face: ShownFace, location: FaceLocation) -> FaceButton:
    label = clip(words.say(key, number=str(face.number), name=clip(face.name or "", 48)), _LABEL)
    person_id = face.person_id or 0
    custom_id = f"face:{action}:{person_id}:{location}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=_STYLES[action])
    return FaceButton(button, action, person_id, location)


def _faces_select(words: Words, job_id: int, page: Sequence[ShownFace], *, single: bool) -> FacesSelect:
    options = [
        discord.SelectOption(
            label=words.say("face-option", number=str(face.number), name=face.name or words.say("answer-unknown")),
            value=str(face.number),
        )
        for face in page
    ]
    first, last = str(page[0].number), str(page[-1].number)
    hint = words.say("faces-placeholder") if single else words.say("faces-page-placeholder", first=first, last=last)
    select = discord.ui.Select[Any](custom_id=f"faces:{job_id}:{first}", placeholder=hint, options=options)
    return FacesSelect(select, job_id)


def _view(*rows: Sequence[Control]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(item)
    return view
