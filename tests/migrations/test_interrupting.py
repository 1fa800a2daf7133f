"""An upgrade that is cut off leaves a whole revision or none of it, and its repetition ends in the same schema."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from core.database.engine import make_engine
from core.kernel.errors import StartRefused
from core.operations.branches import Branch
from core.operations.heads import stored_heads
from core.operations.migrations import upgrade
from tests.migrations.conftest import digest_of
from tests.sizes import sized
from tests.world import Site

Branches = Callable[..., tuple[Branch, ...]]
STRIDE = {"sqlite": sized(4, 1), "postgresql": sized(9, 1)}  # every statement in make prove: each trial costs a round of DDL


class Cut(Exception):
    """The moment at which the upgrade is cut off."""


@contextmanager
def at_statement(engine: Engine, number: int, do: Callable[[], None]) -> Iterator[None]:
    """Inside, the ``number``-th statement of the engine does ``do`` instead of reaching the database."""
    count = 0

    def listen(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            do()

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def cut() -> None:
    """Cut off."""
    raise Cut


@pytest.mark.requirement("R-455")
def test_cut_off_at_any_statement_it_stands_at_a_revision_and_ends_the_same(empty: Engine, branches_of: Branches) -> None:
    found, stride = branches_of(), STRIDE[empty.dialect.name]
    seen: dict[tuple[str, ...], str] = {}
    number, cuts = 1, 0
    while True:
        try:
            with at_statement(empty, number, cut):
                upgrade(empty, found)
            break
        except Cut:
            cuts += 1
            number = _next(empty, seen, number, stride)
    assert cuts * stride > 100, "hardly anything was cut off"
    assert len(seen) >= len(found)
    assert digest_of(empty) == _straight(empty, found)


def _next(engine: Engine, seen: dict[tuple[str, ...], str], number: int, stride: int) -> int:
    """Where to cut next: further on in the same revision, from the beginning again once a revision has been completed."""
    with engine.connect() as connection:
        heads = stored_heads(connection)
    digest = digest_of(engine)
    first = heads not in seen
    assert seen.setdefault(heads, digest) == digest, f"half a revision was left after {heads}, cut at statement {number}"
    return 1 + stride if first and len(seen) > 1 else number + stride


def _straight(engine: Engine, found: tuple[Branch, ...]) -> str:
    """Digest of a database that was upgraded in one go."""
    if engine.dialect.name == "sqlite":
        other = make_engine(str(engine.url).replace("empty.db", "straight.db"))
        Path(str(other.url.database)).unlink(missing_ok=True)
        upgrade(other, found)
        digest = digest_of(other)
        other.dispose()
        return digest
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    upgrade(engine, found)
    return digest_of(engine)


@pytest.mark.parametrize("number", [15, 60, 110])
def test_killed_with_signal_9_it_is_finished_by_the_next_run(site: Site, branches_of: Branches, number: int) -> None:
    url = site.store.fresh("empty")
    found = branches_of()
    child = os.fork()
    if child == 0:
        engine = make_engine(url)
        with at_statement(engine, number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            upgrade(engine, found)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the upgrade has fewer statements; choose an earlier one to be killed at"
    assert os.WTERMSIG(status) == signal.SIGKILL
    engine = make_engine(url)
    assert upgrade(engine, found)
    assert digest_of(engine) == digest_of(site.keguan.database.engine), "not the schema of an upgrade in one go"
    engine.dispose()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_parent_table_is_made_anew_without_losing_its_children(
    empty: Engine, without_plugins: tuple[Branch, ...], tmp_path: Path
) -> None:
    upgrade(empty, without_plugins)
    _company_with_role(empty)
    anew = _branch(tmp_path, 'with op.batch_alter_table("core_company", recreate="always") as table:\n        table.alter_column("name")')
    assert upgrade(empty, (*without_plugins, anew)) == ["extra_0001"]
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM core_role")) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_revision_that_would_break_references_is_refused_and_leaves_nothing(
    empty: Engine, without_plugins: tuple[Branch, ...], tmp_path: Path
) -> None:
    upgrade(empty, without_plugins)
    _company_with_role(empty)
    breaking = _branch(tmp_path, 'op.execute("DELETE FROM core_company")')
    with pytest.raises(StartRefused, match="extra_0001 would break references in core_role"):
        upgrade(empty, (*without_plugins, breaking))
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM core_company")) == 1


def _branch(folder: Path, body: str) -> Branch:
    (folder / "0001_extra.py").write_text(
        'from alembic import op\nrevision = "extra_0001"\ndown_revision = None\nbranch_labels = ("extra",)\n'
        f'depends_on = "core_0002"\n\n\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    pass\n'
    )
    return Branch("extra", folder)


def _company_with_role(engine: Engine) -> None:
    always = "version, created_at, updated_at"
    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO core_company (slug, name, active, {always}) VALUES ('a', 'A', 1, 1, '2026-01-01', '2026-01-01')")
        )
        connection.execute(
            text(f"INSERT INTO core_role (company_id, name, active, {always}) VALUES (1, 'R', 1, 1, '2026-01-01', '2026-01-01')")
        )
