"""Connections to SQLite or PostgreSQL, with the little that differs between the two."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from core.domain.errors import ErrorCode, OmokageError

# How long a writer waits for others, SQLite. Transactions take about a millisecond, so this is only reached when
# something is broken, and then an error is better than a member waiting on.
BUSY_TIMEOUT_MS = 10_000
_LOG_TIMEOUT_MS = 500  # writers wait meanwhile
_NAP_S = 0.001  # about as long as a transaction takes
_WRITES = "omokage_writes"
# No room for a page, or for the index of the write-ahead log.
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_POSTGRES_FULL = "53100"  # disk_full


class Database:
    """Transactions on one database; safe among threads, and in a child after a fork.

    Args:
        url: `postgresql+psycopg://...` as SQLAlchemy reads it, or `sqlite:///` and a path to the letter: `?`, `#` and
            `%20` in it are a file's name.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writers = threading.Lock()
        _forget_after_fork(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; on SQLite it never waits for writers."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; on SQLite it is alone from its first statement, so what it read stays true.

        Raises:
            OmokageError: DISK_FULL; nothing was written.
        """
        # Threads of this process queue here; other processes are waited for in `_begin`.
        writers = self._writers if self.is_sqlite else nullcontext()
        with _disk_full_is_ours(), writers, self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def advisory_lock(self, connection: Connection, what: str) -> None:
        """Let only one transaction at a time pass here until it ends; a SQLite writer is alone anyway."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})

    def empty_log(self) -> bool:
        """Take what was deleted out of SQLite's write-ahead log, too; False: somebody reads, so it goes later.

        PostgreSQL's log is the operator's: it goes as it is archived and recycled.
        """
        if not self.is_sqlite:
            return True
        raw = self.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_LOG_TIMEOUT_MS}")
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            raw.close()
        return not busy

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def forget_connections(self) -> None:
        """Drop, in a forked child, the connections and the lock of the parent process without closing them."""
        # A connection belongs to the process that opened it; a lock may have been held by a thread that is not here.
        self.engine.dispose(close=False)
        self._writers = threading.Lock()


def database_address(url: str) -> URL:
    """What SQLAlchemy connects to; see `Database`."""
    scheme, separator, path = url.partition(":///")
    if scheme == "sqlite" and separator:
        return URL.create("sqlite", database=path)
    return make_url(url)


def _engine(url: str) -> Engine:
    parsed = database_address(url)
    if parsed.get_backend_name() != "sqlite":
        # A server that was restarted leaves dead connections in the pool.
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "handle_error", _hide_values)
        return engine
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # isolation_level None: the driver starts no transactions of its own, `_begin` does.
    options = {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(parsed, connect_args=options, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """Leave the first line of a failed statement's message: in the others PostgreSQL quotes the row.

    A statement's parameters hold tokens, addresses of photos and embeddings, which must not get into a log.
    """
    if context.statement is None:  # connecting: all of it is needed, and no row is in it
        return
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers and a writer at the same time
    # NORMAL: a commit is in the operating system's hands, so it survives the death of any process; only a power cut
    # may take back the last commits (never half of one). FULL would cost a flush of the disk at every command.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, so that it is not in the file either
    cursor.close()


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite's own waiting naps for up to 100 ms at a time, and who naps longest comes last.
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _began(connection, deadline):
            time.sleep(_NAP_S)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _began(connection: Connection, deadline: float) -> bool:
    """Become the writer; False: there is another one. Raises when the deadline is over."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the rest tells why it is busy
        if code != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
            raise
        return False
    return True


@contextmanager
def _disk_full_is_ours() -> Iterator[None]:
    """Turn the driver's word for a full disk into ours."""
    try:
        yield
    except DBAPIError as error:
        full = getattr(error.orig, "sqlite_errorcode", None) in _SQLITE_FULL
        if full or getattr(error.orig, "sqlstate", None) == _POSTGRES_FULL:
            raise OmokageError(ErrorCode.DISK_FULL) from error
        raise


def _forget_after_fork(database: Database) -> None:
    if not hasattr(os, "register_at_fork"):  # Windows starts processes afresh
        return
    reference = weakref.ref(database)

    def forget() -> None:
        alive = reference()
        if alive is not None:
            alive.forget_connections()

    os.register_at_fork(after_in_child=forget)
