"""The name search finds its rows: an FTS5 table kept by triggers on SQLite, a GIN index on PostgreSQL."""

from alembic import op

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None

FILL = "INSERT INTO core_search_fts(rowid, body) VALUES (new.id, new.body);"
EMPTY = "INSERT INTO core_search_fts(core_search_fts, rowid, body) VALUES ('delete', old.id, old.body);"
COLUMNS = "body, content='core_search', content_rowid='id', tokenize='unicode61', prefix='2 3'"
MAKE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE core_search_fts USING fts5({COLUMNS})",
        f"CREATE TRIGGER core_search_ai AFTER INSERT ON core_search BEGIN {FILL} END",
        f"CREATE TRIGGER core_search_ad AFTER DELETE ON core_search BEGIN {EMPTY} END",
        f"CREATE TRIGGER core_search_au AFTER UPDATE ON core_search BEGIN {EMPTY} {FILL} END",
    ),
    "postgresql": ("CREATE INDEX ix_core_search_terms ON core_search USING gin (to_tsvector('simple', body))",),
}
UNMAKE = {
    "sqlite": (
        "DROP TRIGGER core_search_au",
        "DROP TRIGGER core_search_ad",
        "DROP TRIGGER core_search_ai",
        "DROP TABLE core_search_fts",
    ),
    "postgresql": ("DROP INDEX ix_core_search_terms",),
}


def upgrade() -> None:
    """Make the change."""
    run(MAKE)


def downgrade() -> None:
    """Take the change back."""
    run(UNMAKE)


def run(statements: dict[str, tuple[str, ...]]) -> None:
    """Run the statements of the database at hand, as they stand: their colons are no parameters."""
    connection = op.get_bind()
    for statement in statements[connection.dialect.name]:
        connection.exec_driver_sql(statement)
