from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Dialect, exc, text
from sqlalchemy.dialects import postgresql, sqlite

from core.storage.database import Database
from core.storage.tables import UtcTime


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'omokage.db'}")
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY)"))
    yield opened
    opened.close()


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM things")).scalar_one())


def test_sqlite_is_set_up_for_several_processes(database: Database) -> None:
    with database.read() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 1, 1, 10_000]


def test_a_write_that_raises_is_taken_back(database: Database) -> None:
    with pytest.raises(exc.IntegrityError), database.write() as connection:
        connection.execute(text("INSERT INTO things VALUES (1), (2), (1)"))
    assert count(database) == 0


def test_a_reader_does_not_wait_for_a_writer_and_sees_nothing_unfinished(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO things VALUES (1)"))
        assert count(database) == 0
    assert count(database) == 1


def test_a_writer_is_alone_from_its_beginning(database: Database) -> None:
    other = Database(database.engine.url.render_as_string())
    with database.write(), other.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")  # the transaction that every connection begins with
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(exc.OperationalError, match="locked"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("BEGIN")
    other.close()


def test_writers_of_other_processes_are_waited_for(database: Database) -> None:
    other = Database(database.engine.url.render_as_string())
    began = threading.Event()

    def write() -> None:
        with other.write() as connection:
            began.set()
            time.sleep(0.05)
            connection.execute(text("INSERT INTO things VALUES (1)"))

    writer = threading.Thread(target=write)
    writer.start()
    began.wait()
    with database.write() as connection:
        assert connection.execute(text("SELECT count(*) FROM things")).scalar() == 1
    writer.join()
    other.close()


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.storage.database.BUSY_TIMEOUT_MS", 20)
    other = Database(database.engine.url.render_as_string())
    with other.write(), pytest.raises(exc.OperationalError, match="locked"), database.write():
        pass
    other.close()
    with database.write() as connection:
        connection.execute(text("INSERT INTO things VALUES (1)"))
    assert count(database) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_opens_its_own_connections(database: Database) -> None:
    assert count(database) == 0
    database._writers.acquire()  # as if another thread were writing at the moment of the fork
    child = os.fork()
    if child == 0:
        try:
            with database.write() as connection:
                connection.execute(text("INSERT INTO things VALUES (7)"))
            os._exit(0)
        finally:
            os._exit(1)
    database._writers.release()
    assert os.waitpid(child, 0)[1] == 0
    assert count(database) == 1


def test_times_are_stored_as_utc_and_come_back_aware() -> None:
    tokyo = datetime(2026, 11, 21, 9, tzinfo=timezone(timedelta(hours=9)))
    utc = datetime(2026, 11, 21, 0, tzinfo=UTC)
    dialects: list[tuple[Dialect, datetime]] = [
        (sqlite.dialect(), utc.replace(tzinfo=None)),
        (postgresql.dialect(), utc),  # type: ignore[no-untyped-call]
    ]
    for dialect, stored in dialects:
        assert UtcTime().process_bind_param(tokyo, dialect) == stored
        assert UtcTime().process_result_value(stored, dialect) == utc
        assert UtcTime().process_bind_param(None, dialect) is UtcTime().process_result_value(None, dialect) is None


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        UtcTime().process_bind_param(datetime(2026, 11, 21), sqlite.dialect())


@pytest.mark.parametrize("name", ["st?te", "a%20b", "a#b", "a::b", "a&b=c;d"])
def test_a_folder_may_be_called_anything_and_holds_its_own_database(tmp_path: Path, name: str) -> None:
    # Given a database in a folder whose name means something in a URL
    opened = Database(f"sqlite:///{tmp_path}/{name}/omokage.db")
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY)"))
    opened.close()
    # Then it is in that folder, and nothing is beside it
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "omokage.db").exists()


def test_what_is_deleted_is_not_in_sqlites_files_either(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'omokage.db'}")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE words (word TEXT)"))
        connection.execute(text("INSERT INTO words VALUES ('Yukihime'), ('Haru')"))
    with database.write() as connection:
        connection.execute(text("DELETE FROM words WHERE word = 'Yukihime'"))

    assert database.empty_log()

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (b"Yukihime" in stored, b"Haru" in stored) == (False, True)
    database.close()


def test_a_log_that_somebody_reads_is_left_for_later(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'omokage.db'}")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE words (word TEXT)"))
    with database.read() as reading:
        reading.execute(text("SELECT * FROM words")).all()
        with database.write() as connection:
            connection.execute(text("INSERT INTO words VALUES ('Haru')"))
        assert not database.empty_log()
    assert database.empty_log()
    database.close()
