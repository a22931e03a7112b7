from __future__ import annotations

from sqlalchemy import JSON, Column, LargeBinary, MetaData, String, Table

from core.storage.blob_references import REFERRING, UNRELATED
from core.storage.training_tables import metadata

NAME_LENGTH = 64  # hex digits of a sha256


def may_hold_names(column: Column[object]) -> bool:
    if isinstance(column.type, String):  # Text, too
        return column.type.length is None or column.type.length >= NAME_LENGTH
    return isinstance(column.type, JSON | LargeBinary)


def unheard_of(tables: MetaData) -> set[str]:
    listed = {str(source.column) for source in REFERRING} | set(map(str, UNRELATED))
    return {str(column) for table in tables.tables.values() for column in table.c if may_hold_names(column)} - listed


def test_every_column_that_has_room_for_a_blobs_name_is_listed() -> None:
    assert unheard_of(metadata) == set()


def test_a_new_column_with_room_for_a_blobs_name_is_noticed() -> None:
    changed = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(changed)
    Table("jobs", changed, Column("thumbnail", String(64)), extend_existing=True)
    Table("albums", changed, Column("pictures", JSON), Column("number", String(16)))

    assert unheard_of(changed) == {"jobs.thumbnail", "albums.pictures"}
