"""What the bot logs of a command that cannot be written down."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from bot.client import OmokageBot
from core.bootstrap import Services
from sandbox.driver import Member
from tests.integration.bot.fakes.worker import jpeg


async def test_a_failed_write_logs_neither_the_token_nor_the_photos_address(
    bot: OmokageBot, services: Services, ben: Member, caplog: pytest.LogCaptureFixture
) -> None:
    rows: list[tuple[object, ...]] = []  # as they are about to be written
    event.listen(services.engine, "before_cursor_execute", lambda *asked: rows.append(asked[3]))
    with services.database.write() as connection:
        connection.execute(text("CREATE TRIGGER no BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'no'); END"))

    answer = await (await ben.command("classify", photo=("party.jpg", jpeg(64, 48)))).answer()

    assert answer["content"].startswith("Something went wrong on my side.")
    assert "INSERT INTO jobs" in caplog.text
    (row,) = [row for row in rows if "photo_url" in str(row)]
    (token,) = [value for value in row if isinstance(value, str) and len(value) > 20 and " " not in value]
    assert token not in caplog.text
    assert "http://127.0.0.1" in str(row)
    assert "http://127.0.0.1" not in caplog.text
