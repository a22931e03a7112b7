"""Every text exists in every language, fits where it is shown, and is used."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

import bot
from bot.ui.i18n import LANGUAGES, LOCALES, Value, choose, clip, words_in
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import person_name

CODE = Path(bot.__file__).parent
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
LONG_NAME = "W" * 64
# The longest that each value gets.
LONGEST: dict[str, Value] = {
    "name": LONG_NAME,
    "number": "125",
    "share": 0.999,
    "job": "9" * 20,
    "member": "9" * 20,
    "model": "m" * 200,
    "others": " · ".join([f"{LONG_NAME} 100%"] * 3),
    "description": "d" * 100,
    "command": "c" * 70,
    "menu": "m" * 32,
    "names": "relay, sweeper, readiness, events",
    "when": "<t:1700000000:R>",
    "file": "f" * 50,
    "seconds": 3599,
    "version": "10.10.10",
    "first": "101",
    "last": "125",
    "numbers": ", ".join(["125"] * 5),
    "saved": " · ".join([f"**125** {LONG_NAME}"] * 5),
    "typed": LONG_NAME,
    "chosen": LONG_NAME,
    "reason": "r" * 400,
}
CLIPPED = {"name": "W" * 48}  # what buttons make of a name
# By the end of the key; the first that fits. Discord's limits.
LIMITS = (
    ("name-title", 45),
    ("names-title", 45),
    ("name-placeholder", 100),
    ("-label", 45),
    ("-placeholder", 150),
    ("-button", 80),
    ("-option", 100),
    ("-choice", 120),  # cut to 100 where it is shown
    ("-menu", 32),
    ("-description", 100),
    ("-title", 256),
    ("-footer", 400),
    ("", 1024),  # a field of an embed; a line of ours is never longer
)


class Finder(Visitor):  # type: ignore[misc]
    """The variables of a message, and the values that it makes a difference between."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.choices: dict[str, set[str]] = {}

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - the library's name
        self.variables.add(node.id.name)

    def visit_SelectExpression(self, node: ftl.SelectExpression) -> None:  # noqa: N802
        if isinstance(node.selector, ftl.VariableReference):
            keys = {v.key.name if isinstance(v.key, ftl.Identifier) else v.key.value for v in node.variants}
            self.choices.setdefault(node.selector.id.name, set()).update(keys)
        self.generic_visit(node)


@cache
def messages(language: str) -> dict[str, Finder]:
    result: dict[str, Finder] = {}
    for file in sorted((LOCALES / language).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text("utf-8")).body:
            assert not isinstance(entry, ftl.Junk), f"{file.name}: {entry.content}"
            if isinstance(entry, ftl.Message):
                assert entry.id.name not in result, f"{entry.id.name} is there twice"
                result[entry.id.name] = finder = Finder()
                finder.visit(entry)
    return result


@cache
def trees() -> list[ast.Module]:
    return [ast.parse(file.read_text("utf-8")) for file in sorted(CODE.rglob("*.py"))]


def literals() -> set[str]:
    nodes = itertools.chain.from_iterable(ast.walk(tree) for tree in trees())
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def calls() -> Iterator[tuple[str, set[str] | None]]:
    """Keys that the code names, with the values that it gives; None where they are not to be seen."""
    for node in itertools.chain.from_iterable(ast.walk(tree) for tree in trees()):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        keys = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
        if name in {"say", "localised"}:
            given = {keyword.arg for keyword in node.keywords}
            for key in keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, None if None in given else {arg for arg in given if arg}


def wordings(language: str, key: str) -> Iterator[str]:
    """The text in each of its variants, with the longest values."""
    finder = messages(language)[key]
    values: dict[str, Value] = {name: LONGEST.get(name, 1234) for name in finder.variables}
    if key.endswith("-button"):
        values |= {name: value for name, value in CLIPPED.items() if name in values}
    for combination in itertools.product(*(sorted(keys) for keys in finder.choices.values())):
        chosen = dict(zip(finder.choices, map(_as_value, combination), strict=True))
        yield words_in(language).say(key, **(values | chosen))


def _as_value(key: str) -> Value:
    return {"one": 1, "other": 1234}.get(key, int(key) if key.isdigit() else key)


def limit_of(key: str) -> int:
    return next(limit for ending, limit in LIMITS if key.endswith(ending))


def test_every_language_has_the_same_texts() -> None:
    english, *others = (set(messages(language)) for language in LANGUAGES)

    assert all(other == english for other in others)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_says_the_same_values(language: str) -> None:
    for key, finder in messages(language).items():
        assert finder.variables == messages("en")[key].variables, key


def test_the_code_names_no_text_that_is_missing() -> None:
    missing = {key for key, _ in calls()} - set(messages("en"))

    assert not missing
    assert len({key for key, _ in calls()}) > 80  # the search still finds the calls


def test_the_code_gives_each_text_its_values() -> None:
    for key, given in calls():
        if given is not None:
            assert given == messages("en")[key].variables, key


def test_no_text_is_unused() -> None:
    by_code = {f"error-{code.value}" for code in ErrorCode}

    assert set(messages("en")) - literals() - by_code == set()


@pytest.mark.parametrize("code", ErrorCode)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_sentence(language: str, code: ErrorCode) -> None:
    assert f"error-{code.value}" in messages(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_where_it_is_shown(language: str) -> None:
    for key in messages(language):
        for text in wordings(language, key):
            assert 1 <= len(text) <= limit_of(key), f"{key}: {len(text)} characters: {text}"
            assert "{" not in text, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_commands_are_as_discord_wants_them(language: str) -> None:
    names = [key for key in messages(language) if f"{key.removesuffix('name')}description" in messages(language)]
    assert len(names) > 12

    for key in names:
        text = words_in(language).say(key)
        assert COMMAND_NAME.fullmatch(text), text
        assert text == text.lower()


@pytest.mark.parametrize(
    ("wishes", "language"),
    [(("ja",), "ja"), (("fr", "ja"), "ja"), (("en-GB", "ja"), "en"), (("fr", None), "en"), ((), "en")],
)
def test_the_first_language_that_is_spoken_is_chosen(wishes: tuple[str | None, ...], language: str) -> None:
    assert choose(*wishes).language == language


def test_a_missing_text_or_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_in("en").say("no-such-text")
    with pytest.raises(ValueError, match="error-job-line"):
        words_in("en").say("error-job-line")


def test_ids_are_not_grouped_and_plurals_are_right() -> None:
    english, japanese = words_in("en"), words_in("ja")

    assert english.say("error-job-line", job="1234567890") == "-# Job 1234567890"
    assert english.say("answer-nobody-title", faces=1) == "One face, but nobody I know"
    assert english.say("answer-nobody-title", faces=2) == "2 faces, but nobody I know"
    assert japanese.say("answer-share", name="花子", share=0.034) == "花子 3%"


@pytest.mark.parametrize(("text", "cut"), [("", ""), ("abcd", "abcd"), ("abcde", "abc…")])
def test_a_long_text_is_cut(text: str, cut: str) -> None:
    assert clip(text, 4) == cut


@pytest.mark.parametrize("key", ["answer-unknown", "optimize-nobody"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_person_can_be_called_what_the_bot_calls_nobody(language: str, key: str) -> None:
    word = words_in(language).say(key).strip("*")

    with pytest.raises(OmokageError, match="bad-name"):
        person_name(word)
