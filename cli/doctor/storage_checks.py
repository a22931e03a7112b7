"""Checks of how much each guild stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cli.context import first_line, open_services
from cli.doctor.findings import Finding, ok, remark
from cli.exits import Fault
from core.domain.embedders import EMBEDDER_TITLES, EMBEDDING_NAME
from core.domain.fairness import OPERATOR_GUILD
from core.domain.people import ReembeddingState
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
            usage, older = services.retention.usage(), services.reembedding.states()
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
    for state in older:
        yield from _older_faces(state)


def _older_faces(state: ReembeddingState) -> Iterator[Finding]:
    """Yield how far a guild's faces are, where some have another embedder's embeddings."""
    name = _name_of(state.guild_id)
    if state.waiting:
        waiting = f"{state.waiting} faces, {state.labelled} of them labelled,"
        text = f"{name}: {waiting} wait to be embedded by the present face networks"
        answers = f"; until then {EMBEDDER_TITLES[state.embedder]} answers" if state.embedder != EMBEDDING_NAME else ""
        yield remark("faces", f"{text}{answers}; a worker does so whenever it has nothing else to do")
    if state.not_compared:
        yield remark(
            "faces",
            f"{name}: {state.not_compared} named faces cannot be compared any more, since their photos are gone or "
            "damaged; omokage people list says whose",
        )


def _name_of(guild_id: int) -> str:
    return "the shell" if guild_id == OPERATOR_GUILD else f"guild {guild_id}"


def _guild(guild_id: int, uses: dict[str, int], counted: int, settings: Settings) -> Finding:
    text = f"{_name_of(guild_id)}: {', '.join(f'{use} {size_text(size)}' for use, size in uses.items()) or 'nothing'}"
    quota = settings.storage.guild_quota
    if not quota or guild_id == OPERATOR_GUILD:
        return ok("storage", text)
    text += f" (photos and answers may be {size_text(quota)})"
    return (remark if counted >= _NEARLY * quota else ok)("storage", text)
