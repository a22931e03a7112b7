"""From the body of a request to the parts of a message object."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.rules.components import FILE, walk
from sandbox.types import Json, Upload
from sandbox.world.attachments import Attachments
from sandbox.world.components import number_components
from sandbox.world.message_record import MessageRecord
from sandbox.world.people import People, user

SCHEME = "attachment://"
_MENTION = re.compile(r"<@!?(\d+)>")
Uploads = dict[int, Upload]


def apply_body(record: MessageRecord, body: Json, uploads: Uploads, attachments: Attachments, people: People) -> None:
    """Write content, files, embeds and components of a checked request into the record; absent keys change nothing."""
    message = record.message
    if "content" in body:
        message["content"] = body["content"] or ""
        message["mentions"] = _mentions(message["content"], body.get("allowed_mentions"), people)
    files = _kept(record, body.get("attachments"))
    files += _added(record, body.get("attachments"), uploads, attachments)
    if "embeds" in body:
        message["embeds"] = [_embed(embed) for embed in body["embeds"] or []]
    if "components" in body:
        message["components"] = number_components(body["components"] or [])
    shown = _resolve(message, files)
    message["attachments"] = [file for file in files if file["id"] not in shown]
    record.claimed = [file for file in files if file["id"] in shown]


def _embed(embed: Json) -> Json:
    copy = {key: value for key, value in embed.items() if value is not None}
    for key in ("image", "thumbnail", "author", "footer"):
        if key in copy:
            copy[key] = {inner: value for inner, value in copy[key].items() if value is not None}
    copy["fields"] = [{"inline": False} | one for one in copy.get("fields") or []]
    if not copy["fields"]:
        del copy["fields"]
    return copy | {"type": "rich"}


def _kept(record: MessageRecord, listed: list[Json] | None) -> list[Json]:
    """Files that stay: all of them where the request does not list any."""
    if listed is None:
        return record.files()
    expected = {str(entry["id"]): entry for entry in listed}
    return [file | _described(expected[file["id"]]) for file in record.files() if file["id"] in expected]


def _described(entry: Json) -> Json:
    return {"description": entry["description"]} if entry.get("description") else {}


def _added(record: MessageRecord, listed: list[Json] | None, uploads: Uploads, attachments: Attachments) -> list[Json]:
    entries = {str(entry["id"]): entry for entry in listed or []}
    added = []
    for index, upload in sorted(uploads.items()):
        entry = entries.get(str(index), {})
        named = Upload(entry.get("filename") or upload.filename, upload.data, entry.get("description"))
        added.append(attachments.add(record.channel_id, named, ephemeral=record.only_for is not None))
    return added


def _mentions(content: str, allowed: Json | None, people: People) -> list[Json]:
    everyone = allowed is None or "users" in (allowed.get("parse") or [])
    named = {str(user_id) for user_id in (allowed or {}).get("users") or []}
    result = dict.fromkeys(_MENTION.findall(content))
    mentioned = [people.get(user_id) for user_id in result if everyone or user_id in named]
    return [user(person) for person in mentioned if person is not None]


def _resolve(message: Json, files: list[Json]) -> set[str]:
    """Replace attachment:// by addresses; returns the ids of all files that embeds and components show."""
    by_name = {file["filename"]: file for file in files}
    by_url = {file["url"]: file for file in files}
    shown: set[str] = set()

    def place(holder: Json, key: str, details: Callable[[Json], Json]) -> None:
        url = str(holder.get(key) or "")
        file = by_name.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else by_url.get(url)
        if file is not None:
            shown.add(file["id"])
            holder |= {key: file["url"]} | details(file)

    for embed in message["embeds"]:
        for key in ("image", "thumbnail"):
            place(embed.get(key, {}), "url", _picture)
        for key in ("author", "footer"):
            place(embed.get(key, {}), "icon_url", lambda file: {"proxy_icon_url": file["url"]})
    for component in walk(message["components"]):
        for holder in [component, *component.get("items", [])]:
            for key in ("media", "file"):
                place(holder.get(key, {}), "url", _media)
            if component["type"] == FILE and component["file"]["url"] in by_url:
                file = by_url[component["file"]["url"]]
                component |= {"name": file["filename"], "size": file["size"]}
    return shown


def _media(file: Json) -> Json:
    return _picture(file) | {"id": file["id"], "attachment_id": file["id"]}


def _picture(file: Json) -> Json:
    size = {key: file[key] for key in ("width", "height") if key in file}
    return {"proxy_url": file["url"], "content_type": file["content_type"]} | size
