"""Limits of messages: content, files, nonce, embeds and components together."""

from __future__ import annotations

from sandbox.rules.components import check_components
from sandbox.rules.embeds import check_embeds
from sandbox.rules.errors import Problems, empty_message, invalid, too_large
from sandbox.types import Json, Upload

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SILENT, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 12, 1 << 15
HAS_THREAD = 1 << 5  # of a message from which a thread was begun
HAS_SNAPSHOT = 1 << 14  # of a message that forwards another one
# Types of messages that Discord itself writes: a thread was begun; a thread's first message, the one it was begun from.
THREAD_CREATED, THREAD_STARTER = 18, 21
# Keys of a message of which one at least must hold something.
_SHOWN = ("content", "embeds", "attachments", "components", "sticker_items", "message_snapshots")
# What a bot may set on a message of its own.
SETTABLE = SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2
MAX_CONTENT = 2000
MAX_FILES = 10
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_REQUEST_BYTES = 25 * 1024 * 1024
MAX_NONCE = 25

Path = tuple[str | int, ...]


def check_message(body: Json, *, flags: int, path: Path = ()) -> None:
    """Refuse a message body that breaks a limit; `flags` are the message's, old ones included."""
    problems = Problems()
    layout = bool(flags & COMPONENTS_V2)
    if body.get("content") is not None:
        problems.length((*path, "content"), body["content"], 0, MAX_CONTENT)
    if body.get("nonce") is not None:
        problems.length((*path, "nonce"), str(body["nonce"]), 0, MAX_NONCE)
    if body.get("embeds") is not None:
        check_embeds(problems, body["embeds"], (*path, "embeds"))
    if body.get("components") is not None:
        check_components(problems, body["components"], layout=layout, path=(*path, "components"))
    if layout:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(key):
                problems.add(
                    (*path, key),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
    problems.raise_if_any()


def check_files(uploads: list[Upload]) -> None:
    """Refuse too many or too large files."""
    if any(len(upload.data) > MAX_FILE_BYTES for upload in uploads):
        raise too_large()
    if len(uploads) > MAX_FILES:
        raise invalid(("attachments",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.")


def check_not_empty(message: Json) -> None:
    """Refuse a message that shows nothing at all."""
    if not any(message.get(key) for key in _SHOWN):
        raise empty_message()
