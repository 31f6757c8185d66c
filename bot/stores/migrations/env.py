"""Alembic's entry: the connection and the keys come from `bot.stores.start`, which alone runs migrations."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
