"""Every text that a member reads, in the member's language: Fluent files under bot/locales/<language>/."""

from __future__ import annotations

import functools
from pathlib import Path

import discord
from discord import app_commands
from fluent.runtime import FluentBundle, FluentResource

LOCALES = Path(__file__).parents[1] / "locales"
LANGUAGES = ("en", "ja")  # the first is what everybody gets whose language is not here

Value = str | int | float


class Words:
    """The texts of one language. Ids are passed as text: numbers are grouped by thousands."""

    def __init__(self, language: str) -> None:
        self.language = language
        # No isolation marks around names: they would end up in whatever a member copies.
        self._bundle = FluentBundle([language], use_isolating=False)
        for file in sorted((LOCALES / language).glob("*.ftl")):
            self._bundle.add_resource(FluentResource(file.read_text("utf-8")))

    def say(self, key: str, /, **values: Value) -> str:
        """Format a text.

        Raises:
            KeyError: there is none of that name.
            ValueError: it wants a value that was not given.
        """
        if not self._bundle.has_message(key):
            raise KeyError(f"{self.language} has no {key}")
        pattern = self._bundle.get_message(key).value
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise ValueError(f"{self.language}/{key}: {errors[0]}")
        return str(text)


@functools.cache
def words_in(language: str) -> Words:
    """Read a language's texts, once."""
    return Words(language)


def choose(*wishes: str | None) -> Words:
    """Choose the first of these locales ("ja", "en-GB", ...) that Omokage speaks, or else English."""
    spoken = (wish.split("-")[0] for wish in wishes if wish)
    return words_in(next((language for language in spoken if language in LANGUAGES), LANGUAGES[0]))


def localised(key: str) -> app_commands.locale_str:
    """Name or describe a command, in English here and in each language that Discord shows it in."""
    return app_commands.locale_str(words_in(LANGUAGES[0]).say(key), key=key)


class CommandTranslator(app_commands.Translator):
    """Gives Discord the names and descriptions of commands in the other languages."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Translate a text; None for languages that Omokage does not speak (and English, which is the default)."""
        key = string.extras.get("key")
        if key is None or locale.value not in LANGUAGES[1:]:
            return None
        return words_in(locale.value).say(key)


def clip(text: str, limit: int) -> str:
    """Cut to at most `limit` characters, with an ellipsis where some are missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
