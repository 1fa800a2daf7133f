"""Alembic's entry into Keguan: the connection and what to look at are handed over by ``core.operations.migrations``."""

from alembic import context

context.configure(**context.config.attributes["configure"])
with context.begin_transaction():
    context.run_migrations()
