"""What the code promises as a whole: small rooms, no raw SQL but in reviewed places, nothing swallowed, nothing left for later."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.trace import rows

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
LONGEST_TEST = 600  # a table of cases belongs together
RAW = {"text", "insert", "update", "delete"}
REVIEWED = {
    # Each stands here with the reason why it needs what the record guard cannot see.
    "core/access/administration/moving.py": "an ORM update of classes, which the guard scopes: a handover of everything somebody owns",
    "core/access/attempts.py": "wrong passwords belong to no company; an ORM delete of old counts",
    "core/access/roles.py": "an ORM delete of a class, which the guard scopes",
    "core/access/second_factor.py": "second factors belong to no company; ORM deletes of those of one account",
    "core/access/web_sessions.py": "sessions of browsers belong to no company",
    "core/audit/aside.py": "personal values are written beside the audit rows, and destroyed by an erasure alone",
    "core/audit/destroying.py": "an erasure destroys values beside the trail: of one record, after its right was asked",
    "core/audit/trail.py": "audit rows are written beside the records, at the commit",
    "core/database/search.py": "the search index is no record",
    "core/operations/heads.py": "Alembic's own table",
    "core/operations/health.py": "asks the database whether it answers",
    "core/organisation/memory.py": "marks a company whose settings change; nobody chooses what it writes",
    "core/organisation/operations.py": "an ORM delete of a class, which the guard scopes",
    "core/operations/migrations.py": "the advisory lock of PostgreSQL",
    "core/work/claims.py": "a job is claimed by one atomic statement",
    "core/work/import_records.py": "what an import has written, by number; bookkeeping of the run that the use case belongs to",
    "core/work/import_runs.py": "an ORM update of a class, which the guard scopes",
    "core/work/jobs.py": "ON CONFLICT: a job with a key exists once",
    "core/work/notices.py": "an ORM update of a class, which the guard scopes",
    "core/testing/databases.py": "databases of tests are made and thrown away by the server",
    "core/testing/refilling.py": "rows of databases of tests are put back past the program",
    "core/web/bulk/running.py": "an ORM update of a class, which the guard scopes",
    "core/work/marks.py": "an ORM delete of a class, which the guard scopes",
    "core/work/sent_forms.py": "an ORM delete of a class, which the guard scopes",
    "plugins/customers/operations/customers.py": "an ORM delete of a class, which the guard scopes",
    "plugins/customers/operations/handing_over.py": "an ORM delete of a class, which the guard scopes",
    "plugins/customers/operations/interactions.py": "an ORM update of a class, which the guard scopes",
    "plugins/sales/operations/entries.py": "an ORM update of a class, which the guard scopes",
}
FAB_FOR_PLUGINS = {"expose"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
OWN_CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
CLOCKS = {"core/kernel/clock.py", "core/web/pages/rendering.py", "core/work/file_store.py"}  # the last compares with times of files
OF_FRAMEWORKS = {"open_session", "save_session", "process_bind_param", "process_result_value", "load_dialect_impl"}


@cache
def product() -> tuple[Path, ...]:
    """Python files of the product, generated revisions left out."""
    found = [ROOT / "app.py", *(path for top in ("core", "plugins", "config") for path in sorted((ROOT / top).rglob("*.py")))]
    return tuple(path for path in found if "versions" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def everything() -> Iterator[Path]:
    """Every file that people write: programs, templates, scripts, styles, tests, pages."""
    for top in ("core", "plugins", "config", "tests", "bench", "docs/tutorial", "docs/how-to", "docs/explanation"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".py", ".html", ".js", ".css", ".tmpl", ".md", ".toml") and not {"versions", "vendor", "dist"} & set(
                path.parts
            ):
                yield path


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in everything()}
    long = {place(path): lines for path, lines in lengths.items() if lines > (LONGEST_TEST if path.name.startswith("test_") else LONGEST)}
    assert long == {}


def test_most_files_are_small() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in product())
    assert lengths[len(lengths) // 2] <= 120
    assert lengths[len(lengths) * 9 // 10] <= 250


def test_raw_statements_stand_only_in_reviewed_places() -> None:
    used = {
        place(path)
        for path in product()
        if RAW & names_from(path, ("sqlalchemy", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite"))
    }
    assert used - set(REVIEWED) == set(), "a statement that the record guard does not see; review it, then name it with the reason"
    assert set(REVIEWED) - used == set(), "reviewed places that no longer need it"


def names_from(path: Path, modules: tuple[str, ...]) -> set[str]:
    """Names that the file imports from the modules."""
    return {
        alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.module in modules for alias in node.names
    }


def test_bulk_doors_of_the_session_are_used_by_nobody() -> None:
    doors = re.compile(r"\.(bulk_save_objects|bulk_insert_mappings|bulk_update_mappings|from_statement)\(")
    assert [place(path) for path in product() if doors.search(path.read_text(encoding="utf-8"))] == []


def test_no_error_is_swallowed() -> None:
    swallowed = [
        f"{place(path)}:{node.lineno}"
        for path in product()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node) and not does_something(node)
    ]
    assert swallowed == []


def catches_everything(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException"))


def does_something(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise | ast.Call) for statement in handler.body for node in ast.walk(statement))


def test_nothing_is_left_for_later() -> None:
    assert [place(path) for path in product() if UNFINISHED.search(path.read_text(encoding="utf-8"))] == []


def test_there_is_one_clock() -> None:
    assert {place(path) for path in product() if OWN_CLOCK.search(path.read_text(encoding="utf-8"))} <= CLOCKS


def test_time_is_put_back_for_the_demonstration_alone() -> None:
    tellers = {
        place(path)
        for path in product()
        if names_from(path, ("core.kernel.story",)) or names_from(path, ("core.kernel.clock",)) & {"story"}
    }
    assert {path for path in tellers if "demo" not in path} == {"core/kernel/story.py"}
    assert len(tellers) > 6


def test_plugins_take_nothing_from_fab_but_the_route() -> None:
    taken = {
        (place(path), name)
        for path in product()
        if path.is_relative_to(ROOT / "plugins")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flask_appbuilder")
        for name in (alias.name for alias in node.names)
        if name not in FAB_FOR_PLUGINS
    }
    assert taken == set()


def test_no_room_is_called_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager2", "tools"}
    assert [place(path) for path in product() if path.stem in nothing] == []


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def test_every_module_and_what_it_offers_is_documented() -> None:
    silent = [place(path) for path in product() if not ast.get_docstring(tree(path))]
    silent += [f"{place(path)}: {node.name}" for path in product() for node in public(tree(path).body) if not ast.get_docstring(node)]
    assert silent == []


def test_public_methods_are_documented_but_for_those_that_a_framework_defines() -> None:
    classes = [(path, one) for path in product() for one in public(tree(path).body) if isinstance(one, ast.ClassDef)]
    silent = {f"{place(path)}: {one.name}.{node.name}" for path, one in classes for node in public(one.body) if not ast.get_docstring(node)}
    assert {name for name in silent if name.rpartition(".")[2] not in OF_FRAMEWORKS} == set()


@pytest.mark.requirement("R-492")
@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=place)
def test_requirements_that_tests_name_exist(path: Path) -> None:
    known = {row.id for row in rows()}
    assert set(re.findall(r'"(R-\d+)"', path.read_text(encoding="utf-8"))) - known == set()


@pytest.mark.requirement("R-492")
def test_all_five_hundred_rows_are_listed() -> None:
    assert [row.id for row in rows()] == [f"R-{number:03d}" for number in range(1, 501)] or len({row.id for row in rows()}) == 500
