"""Checks of how much each guild stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cli.context import first_line, open_services
from cli.doctor.findings import Finding, ok, remark
from cli.exits import Fault
from core.domain.fairness import OPERATOR_GUILD
from core.domain.storage_limits import size_text
from core.settings import Settings

_NEARLY = 0.9  # of a quota: somebody should know before members are refused


def check_storage(settings: Settings) -> Iterator[Finding]:
    """How much is stored in all, then by each guild and of what; looks at every file."""
    scheme, _, path = settings.database_url.partition(":///")
    if scheme == "sqlite" and path and not Path(path).exists():
        yield ok("storage", "nothing is stored yet")
        return
    from sqlalchemy.exc import SQLAlchemyError  # a third of a second

    try:
        with open_services(settings) as services:
            usage = services.retention.usage()
    except Fault:
        yield remark("storage", "cannot be looked at while the database has a fault")
        return
    except (SQLAlchemyError, OSError) as error:
        yield remark("storage", f"cannot be looked at: {first_line(error)}")
        return
    orphans = f", {size_text(usage.orphans)} of them needed by nobody; omokage prune" if usage.orphans else ""
    yield ok("storage", f"{size_text(usage.total)} in {settings.blobs}{orphans}")
    for guild_id, uses in sorted(usage.by_guild.items()):
        yield _guild(
            guild_id, {use.value: size for use, size in uses.items() if size}, usage.counted(guild_id), settings
        )


def _guild(guild_id: int, uses: dict[str, int], counted: int, settings: Settings) -> Finding:
    name = "the shell" if guild_id == OPERATOR_GUILD else f"guild {guild_id}"
    text = f"{name}: {', '.join(f'{use} {size_text(size)}' for use, size in uses.items()) or 'nothing'}"
    quota = settings.storage.guild_quota
    if not quota or guild_id == OPERATOR_GUILD:
        return ok("storage", text)
    text += f" (photos and answers may be {size_text(quota)})"
    return (remark if counted >= _NEARLY * quota else ok)("storage", text)
