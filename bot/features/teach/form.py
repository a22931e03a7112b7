"""The form with which a member contributes photos: which, whom they show, and that those people agreed."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.intake.lookup import ID, parse_id
from bot.photo import Photo
from bot.ui.forms import selected_values, text_value
from bot.ui.i18n import Words, clip
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind
from core.domain.people import MAX_NAME_LENGTH, person_name
from core.domain.teaching import MAX_PHOTOS, TeachRequest

if TYPE_CHECKING:
    from bot.context import Interaction

FORM = re.compile(rf"teach:(?P<menu>{ID})")
_FILES, _NAME, _CONSENT = "files", "name", "consent"
_AGREED, _MYSELF = "agreed", "myself"
_MAX_TITLE = 45  # Discord's
_MAX_OPTION = 100  # Discord's, for the label of a checkbox
_FORM_LIFE_S = 900.0  # as long as the interaction's token, with which the form is answered
_MAX_PENDING = 200  # forms of message menus that are open at a time


class PendingPhotos:
    """Photos of messages for which a form is open, by the id of the menu's interaction.

    Kept in memory: a bot without the message content intent is shown a message's photos once, when its menu is used.
    """

    def __init__(self) -> None:
        self._photos: OrderedDict[int, tuple[Photo, ...]] = OrderedDict()

    def put(self, menu_id: int, photos: Sequence[Photo]) -> None:
        """Keep the photos until the form comes, or many others were opened."""
        self._photos[menu_id] = tuple(photos)
        while len(self._photos) > _MAX_PENDING:
            self._photos.popitem(last=False)

    def take(self, menu_id: int) -> tuple[Photo, ...]:
        """Return the photos, once.

        Raises:
            OmokageError: PHOTO_GONE, the form is of before a restart, or was sent already.
        """
        photos = self._photos.pop(menu_id, None)
        if photos is None:
            raise OmokageError(ErrorCode.PHOTO_GONE)
        return photos


pending = PendingPhotos()


class TeachForm(discord.ui.Modal):
    """Asks for photos (unless they are a message's), a name, and consent; `handle_teach_form` takes it."""

    def __init__(self, words: Words, menu_id: int = 0) -> None:
        title = clip(words.say("teach-title"), _MAX_TITLE)
        super().__init__(title=title, custom_id=f"teach:{menu_id}", timeout=_FORM_LIFE_S)
        if not menu_id:
            files = discord.ui.FileUpload[Any](custom_id=_FILES, min_values=1, max_values=MAX_PHOTOS)
            text, rule = words.say("teach-files-label"), words.say("teach-files-description")
            self.add_item(discord.ui.Label[Any](text=text, description=rule, component=files))
        name = discord.ui.TextInput[Any](custom_id=_NAME, max_length=MAX_NAME_LENGTH, required=False)
        text, rule = words.say("teach-name-label"), words.say("teach-name-description")
        self.add_item(discord.ui.Label[Any](text=text, description=rule, component=name))
        options = [
            discord.CheckboxGroupOption(label=clip(words.say(key), _MAX_OPTION), value=value)
            for value, key in ((_AGREED, "teach-agreed-option"), (_MYSELF, "teach-myself-option"))
        ]
        consent = discord.ui.CheckboxGroup[Any](custom_id=_CONSENT, min_values=1, max_values=2, options=options)
        self.add_item(discord.ui.Label[Any](text=words.say("teach-consent-label"), component=consent))

    async def on_submit(self, _interaction: Interaction, /) -> None:  # type: ignore[override]
        """Do nothing: see `handle_teach_form`."""


async def handle_teach_form(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """Accept the photos of a form.

    Raises:
        OmokageError: NO_CONSENT; BAD_NAME; PHOTO_GONE; BAD_OPTION, no photo; or what is wrong with a photo.
    """
    consent = set(selected_values(components, _CONSENT))
    if not consent & {_AGREED, _MYSELF}:
        raise OmokageError(ErrorCode.NO_CONSENT)
    typed, menu_id = text_value(components, _NAME).strip(), parse_id(match["menu"])
    name = person_name(typed) if typed else None
    photos = pending.take(menu_id) if menu_id else _uploaded(interaction, components)
    # Whoever is among others in a photo can speak for no face in it but the own.
    request = TeachRequest(("",) * len(photos), name, is_self=name is not None and consent == {_MYSELF})
    params = {**request.to_json(), "title": f"/teach {name or ''}".strip()}
    by_path = {f"files/{number}": photo for number, photo in enumerate(photos)}
    await interaction.client.intake.request_job(interaction, JobKind.TEACH, params, by_path)


def _uploaded(interaction: Interaction, components: Sequence[dict[str, Any]]) -> tuple[Photo, ...]:
    """Describe the files that were uploaded with the form."""
    data: Mapping[str, Any] = interaction.data or {}
    attachments: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    files = [attachments[id_] for id_ in selected_values(components, _FILES) if id_ in attachments]
    if not 0 < len(files) <= MAX_PHOTOS:
        raise OmokageError(ErrorCode.BAD_OPTION, option="photos", value=len(files), allowed=f"1 – {MAX_PHOTOS}")
    return tuple(
        Photo(str(file["url"]), str(file["filename"]), int(file["size"]), file.get("content_type")) for file in files
    )
