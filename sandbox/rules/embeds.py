"""Limits of embeds (Discord's documentation, Resources / Message / Embed Limits)."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

from sandbox.rules.errors import Problems
from sandbox.types import Json

MAX_EMBEDS = 10
MAX_FIELDS = 25
MAX_TOTAL = 6000


def check_embeds(problems: Problems, embeds: object, path: tuple[str | int, ...] = ("embeds",)) -> None:
    """Note everything that Discord would refuse in a message's embeds."""
    if not isinstance(embeds, list):
        problems.add(path, "BASE_TYPE_BAD_TYPE", "This value has the wrong type")
        return
    problems.length(path, embeds, 0, MAX_EMBEDS)
    for index, embed in enumerate(embeds):
        _check_embed(problems, embed, (*path, index))
    if sum(_letters(embed) for embed in embeds) > MAX_TOTAL:
        problems.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TOTAL}")


def _check_embed(problems: Problems, embed: Json, path: tuple[str | int, ...]) -> None:
    for place, key, low, high in _texts(embed):
        holder = _at(embed, place)
        if key in holder and holder[key] is not None:
            problems.length((*path, *place, key), holder[key], low, high)
        elif low:
            problems.required((*path, *place, key))
    problems.length((*path, "fields"), embed.get("fields") or [], 0, MAX_FIELDS)
    if embed.get("color") is not None:
        problems.number((*path, "color"), embed["color"], 0, 0xFFFFFF)
    for place, key in (((), "url"), (("author",), "url"), (("author",), "icon_url"), (("footer",), "icon_url")):
        _check_url(problems, (*path, *place, key), _at(embed, place).get(key))
    for key in ("image", "thumbnail"):
        _check_url(problems, (*path, key, "url"), _at(embed, (key,)).get("url"))


def _texts(embed: Json) -> list[tuple[tuple[str | int, ...], str, int, int]]:
    """(where, key, shortest, longest) of every text; a shortest above 0 means that it must be there."""
    texts: list[tuple[tuple[str | int, ...], str, int, int]] = [((), "title", 0, 256), ((), "description", 0, 4096)]
    if embed.get("footer"):
        texts.append((("footer",), "text", 1, 2048))
    if embed.get("author"):
        texts.append((("author",), "name", 1, 256))
    for index in range(len(embed.get("fields") or [])):
        texts += [(("fields", index), "name", 1, 256), (("fields", index), "value", 1, 1024)]
    return texts


def _at(embed: Json, place: tuple[str | int, ...]) -> Json:
    node: Any = embed
    for step in place:
        node = node[step] if isinstance(step, int) else (node.get(step) or {})
    return cast(Json, node)


def _check_url(problems: Problems, path: tuple[str | int, ...], url: str | None) -> None:
    if url is None:
        return
    if urlsplit(url).scheme not in ("http", "https", "attachment"):
        problems.add(path, "URL_TYPE_INVALID_SCHEME", f"Scheme must be one of ('http', 'https'): {url!r}")


def _letters(embed: Json) -> int:
    """Characters that count towards the total."""
    return sum(len(str(_at(embed, place).get(key) or "")) for place, key, _, _ in _texts(embed))
