"""What goes wrong reaches the member as a sentence, and the log once."""

from __future__ import annotations

import logging
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.errors import error_message, error_reason, guarded, report_error
from bot.ui.i18n import words_in
from core.domain.errors import ErrorCode, OmokageError
from tests.unit.bot.fakes import JOB_ID, TOKEN, an_interaction, http_error


def said(interaction: Any) -> str:
    call = interaction.response.send_message.await_args or interaction.followup.send.await_args
    assert call.kwargs["ephemeral"]
    return str(call.args[0])


async def test_a_known_failure_is_a_sentence_with_the_job_and_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    interaction = an_interaction()

    await report_error(interaction, OmokageError(ErrorCode.QUEUE_FULL, waiting=10))

    assert said(interaction).startswith("10 jobs are waiting already.")
    assert said(interaction).endswith(f"-# Job {JOB_ID}")
    assert caplog.records == []


async def test_it_is_in_the_members_language() -> None:
    interaction = an_interaction(locale=discord.Locale.japanese)

    await report_error(interaction, OmokageError(ErrorCode.TOO_LARGE, size=1))

    assert said(interaction).startswith("ファイルが10 MiBを超えています。")


async def test_a_bug_is_logged_once_without_the_token_and_told_as_internal(caplog: pytest.LogCaptureFixture) -> None:
    interaction = an_interaction()

    await report_error(interaction, ZeroDivisionError("division by zero"))

    assert said(interaction).startswith("Something went wrong on my side.")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert str(JOB_ID) in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert TOKEN not in caplog.text


async def test_after_a_public_acknowledgement_the_sentence_is_still_private() -> None:
    interaction = an_interaction()
    interaction.response.is_done.return_value = True
    interaction.response.type = discord.InteractionResponseType.deferred_channel_message

    await report_error(interaction, OmokageError(ErrorCode.BROKEN_IMAGE))

    interaction.delete_original_response.assert_awaited_once()
    assert "damaged" in said(interaction)


@pytest.mark.parametrize("code", [10062, 10015, 50027, 40060])
async def test_an_interaction_that_is_gone_is_not_answered(code: int, caplog: pytest.LogCaptureFixture) -> None:
    interaction = an_interaction()

    await report_error(interaction, http_error(404, code))

    interaction.response.send_message.assert_not_awaited()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_member_who_cannot_be_told_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    interaction = an_interaction()
    interaction.response.send_message.side_effect = http_error(500, 0)

    await report_error(interaction, OmokageError(ErrorCode.BROKEN_IMAGE))

    assert "could not be told" in caplog.text


async def test_commands_of_an_older_version_say_so() -> None:
    interaction = an_interaction()

    await report_error(interaction, app_commands.CommandNotFound("classify", []))

    assert "Please restart Discord" in said(interaction)


async def test_a_callback_that_raises_is_reported() -> None:
    class Button:
        @guarded
        async def callback(self, _interaction: Any) -> None:
            raise OmokageError(ErrorCode.FACE_GONE)

    interaction = an_interaction()
    await Button().callback(interaction)

    assert "no longer stored" in said(interaction)


@pytest.mark.parametrize(
    ("details", "begins"),
    [
        ({}, "Only the member who asked"),
        ({"reason": "moderators"}, "Only moderators may do that"),
        ({"reason": "labelling-moderators"}, "In this server only moderators may name faces"),
        ({"reason": "labelling-off"}, "Naming faces is switched off"),
        ({"reason": "server"}, "This works only in a server"),
    ],
)
def test_a_refusal_says_who_may(details: dict[str, str], begins: str) -> None:
    assert error_message(words_in("en"), ErrorCode.NOT_ALLOWED, details, JOB_ID).startswith(begins)


@pytest.mark.parametrize("code", ErrorCode)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_code_makes_a_sentence_even_without_details(code: ErrorCode, language: str) -> None:
    text = error_message(words_in(language), code, {}, JOB_ID)

    assert text.splitlines()[-1].endswith(str(JOB_ID))
    assert len(text) <= 2000


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("code", ErrorCode)
def test_a_failure_without_its_details_is_still_a_sentence(language: str, code: ErrorCode) -> None:
    assert error_reason(words_in(language), code, {})
