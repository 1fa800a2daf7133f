"""Which revisions a database has, written so that a plugin may leave and come back (design 3.3).

Alembic stores only the newest revisions and leaves out what another one depends on. When a plugin leaves, what it stood on must
therefore be written down again, and when it returns its own revision is put back.
"""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, delete, insert, inspect, select

from core.kernel.clock import now
from core.kernel.errors import NotFound
from core.kernel.words import msg
from core.operations.branches import ancestors, branch_of
from core.operations.models import RetiredPlugin

RETIRED = RetiredPlugin.__table__


def stored_heads(connection: Connection) -> tuple[str, ...]:
    """The newest revisions as the database has them; none in an empty one."""
    return MigrationContext.configure(connection).get_current_heads()


def present_revisions(connection: Connection, script: ScriptDirectory) -> set[str]:
    """Every revision that has been applied; all of them must be known to ``script``."""
    heads = stored_heads(connection)
    return set(heads).union(*(ancestors(script, head) for head in heads))


def retire(connection: Connection, script: ScriptDirectory, name: str) -> None:
    """Forget the revisions of the plugin and remember how far they had come; its tables stay.

    Raises :class:`NotFound` when the database has none of them. The caller commits.
    """
    present = present_revisions(connection, script)
    newest = max((revision for revision in present if branch_of(revision) == name), default=None)
    if newest is None:
        raise NotFound(msg("The database has no tables of a module called %(name)s.", name=name))
    _store(connection, script, {revision for revision in present if branch_of(revision) != name})
    moment = now()
    connection.execute(
        insert(RETIRED).values(plugin=name, revision=newest, retired_at=moment, version=1, created_at=moment, updated_at=moment)
    )


def revive(connection: Connection, script: ScriptDirectory) -> None:
    """Put back the revisions of retired plugins that are installed again, so that they find their data; the caller commits."""
    if not inspect(connection).has_table(RETIRED.name):
        return
    known = {step.revision for step in script.walk_revisions()}
    returned = [row for row in connection.execute(select(RETIRED.c.plugin, RETIRED.c.revision)) if row.revision in known]
    if returned:
        _store(connection, script, present_revisions(connection, script) | {row.revision for row in returned})
        connection.execute(delete(RETIRED).where(RETIRED.c.plugin.in_([row.plugin for row in returned])))


def _store(connection: Connection, script: ScriptDirectory, revisions: set[str]) -> None:
    """Write ``revisions`` as Alembic does: only those that no other one stands on."""
    below: set[str] = set().union(*(ancestors(script, revision) for revision in revisions))
    versions: Table = MigrationContext.configure(connection)._version  # the table has no public name
    connection.execute(delete(versions))
    connection.execute(insert(versions), [{"version_num": revision} for revision in sorted(revisions - below)])
