"""What is kept of a member of a guild: show it, hand it out, forget it."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.clock import now_utc
from core.domain.errors import OmokageError
from core.domain.privacy import Receipt, ReceiptKind
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.people.people_rows import lock_people
from core.storage.privacy.member_rows import count_rows, files_of, forget_member, read_rows
from core.storage.privacy.receipt_rows import insert_receipt

ROWS_FILE = "my-data.json"
_ENDINGS = {b"\xff\xd8": ".jpg", b"\x89P": ".png", b"RI": ".webp", b"GI": ".gif"}  # by a file's first bytes


@dataclass(frozen=True, slots=True)
class MemberExport:
    """A zip of what is kept of a member; `left_out`: how many photos and pictures did not fit."""

    data: bytes
    left_out: int


class MemberData:
    """Synchronous, thread-safe and light, since the bot uses it. A member is asked for by the own id alone.

    Args:
        database: of all tables.
        blobs: photos, and pictures of answers.
        retention: deletes files that nobody needs.
        clock: aware UTC.
    """

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        retention: RetentionService,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._retention = retention
        self._clock = clock

    def counts(self, guild_id: int, member_id: int) -> dict[str, int]:
        """Return how much is kept of a member in a guild, by kind."""
        with self._database.read() as connection:
            return count_rows(connection, guild_id, member_id)

    def export(self, guild_id: int, member_id: int, max_bytes: int) -> MemberExport:
        """Return a zip with the member's rows as JSON, and with all of the member's photos and answers if they fit.

        Args:
            guild_id: where.
            member_id: whose.
            max_bytes: of the zip. Rows alone always are in it.
        """
        with self._database.read() as connection:
            rows = read_rows(connection, guild_id, member_id)
            photos, pictures = files_of(connection, guild_id, member_id)
        text = json.dumps(rows, ensure_ascii=False, indent=1, default=_as_json)
        files = [("photos", name) for name in sorted(photos)] + [("answers", name) for name in sorted(pictures)]
        data = self._zip(text, files, max_bytes)
        return MemberExport(data, 0) if data is not None else MemberExport(self._zip(text, [], None) or b"", len(files))

    def forget(self, guild_id: int, member_id: int) -> Receipt:
        """Delete what a member did in a guild; the receipt does not say whose it is."""
        began, now = now_utc(), self._clock()  # files have the system's time
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            counts = count_rows(connection, guild_id, member_id)
            blobs = forget_member(connection, guild_id, member_id)
            receipt = Receipt(secrets.token_hex(16), guild_id, ReceiptKind.MEMBER, 0, now, now, counts, (), ())
            insert_receipt(connection, receipt, None)
        self._retention.discard(blobs, guild_id, began)
        self._database.empty_log()
        return receipt

    def _zip(self, text: str, files: list[tuple[str, str]], max_bytes: int | None) -> bytes | None:
        """Return a zip of the rows and files; None: it is larger than `max_bytes`."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(ROWS_FILE, text)
            for folder, name in files:
                try:
                    content = self._blobs.get(name)
                except OmokageError:  # it is gone
                    continue
                # Pictures are compressed already.
                archive.writestr(f"{folder}/{name}{_ENDINGS.get(content[:2], '')}", content, zipfile.ZIP_STORED)
                if max_bytes is not None and out.tell() > max_bytes:
                    return None
        data = out.getvalue()
        return None if max_bytes is not None and len(data) > max_bytes else data


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
