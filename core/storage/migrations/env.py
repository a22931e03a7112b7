"""Alembic's entry: it runs on the connection that core.storage.schema hands over, within its transaction."""

from __future__ import annotations

from alembic import context

from core.storage.training_tables import metadata  # tables.metadata with all tables in it

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
