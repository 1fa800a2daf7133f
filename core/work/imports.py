"""Reading a file into a resource: batches of rows, each its own use case, so that a run killed half-way is finished by the next."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from core.audit.reasons import because
from core.database.batches import refresh_statistics
from core.database.records import mappers
from core.database.sessions import Database
from core.extension.exchange import ConvertedRow, ImportTarget, Outcome, rejected
from core.extension.registry import Registry
from core.extension.rights import CREATE, IMPORT
from core.kernel.acting import Actor, System, acting_as
from core.kernel.errors import BadInput, Forbidden, KeguanError, NotFound, Taken
from core.kernel.words import msg
from core.switchboard.operations import enabled_modules
from core.work.import_pieces import Piece, batches_of, pieces_of
from core.work.import_records import keep_records, noted_records
from core.work.import_runs import begin_run, end_run, fail_run, note_counts
from core.work.import_targets import CORE, import_targets
from core.work.mapping import Binding, Converted, SeenKeys, bind
from core.work.notices import tell_in_portions
from core.work.profiles import Profile, pick
from core.work.rejects import RejectedRows, Report
from core.work.rows import Problem, RawRow
from core.work.tables import Table, open_table

BATCH = 500
GROWTH = 8  # when the rows are so many times as many, the database counts them anew
Listener = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportOrder:
    """What is to be imported: the file, how its columns become fields, and where rejected rows go (beside the file unless stated).

    A ``dry_run`` writes nothing but its report. ``name`` is what the file is called before people; ``job_id`` ties the run to its job.
    """

    path: Path
    profile: Profile
    dry_run: bool = False
    rejects: Path | None = None
    name: str = ""
    job_id: int | None = None

    @property
    def shown_name(self) -> str:
        """The file's name for reports."""
        return self.name or self.path.name

    @property
    def rejects_path(self) -> Path:
        """Where rejected rows are written, if there are any."""
        return self.rejects or self.path.with_name(f"{self.path.stem}-rejected.csv")


@dataclass(frozen=True)
class Imported:
    """What became of an import; ``rejects`` is the file of rejected rows, if there are any."""

    run_id: int
    report: Report
    rejects: Path | None


def run_import(
    database: Database, registry: Registry, order: ImportOrder, who: Actor | System, on_progress: Listener | None = None
) -> Imported:
    """Import the file as ``who``; ``on_progress(rows, about how many)`` is called between batches.

    Rows are found again by their business keys: the same file again changes nothing, and after a kill it ends as if there had been none.
    Raises :class:`BadInput` or :class:`TooLarge` for a file or profile that cannot be used at all, :class:`Forbidden` without the right
    to import and to create, :class:`NotFound` for a resource that takes no imports or is off.
    """
    target = _target(database, registry, order.profile.resource, who)
    table = open_table(order.path)
    binding = bind(order.profile, table.columns)
    with acting_as(who):
        with database.transaction() as session:
            run_id = begin_run(session, _description(order))
        reading = _Reading(database, target, binding, order, run_id)
        try:
            with _start_set_aside():
                reading.read(table, on_progress)
        except KeguanError as error:
            with database.transaction() as session:
                fail_run(session, run_id, reading.report, error.message)
            raise
        with database.transaction() as session:
            end_run(session, run_id, reading.report)
    return Imported(run_id, reading.report, order.rejects_path if reading.report.rejected_rows else None)


class _Reading:
    """One file on its way in."""

    def __init__(self, database: Database, target: ImportTarget, binding: Binding, order: ImportOrder, run_id: int) -> None:
        self.report = Report()
        self._database = database
        self._target = target
        self._binding = binding
        self._order = order
        self._columns = {column.target: source for column, source in binding.bound}
        self._seen = SeenKeys(binding, documents=target.documents)
        self._reason = msg("Import of %(name)s", name=order.shown_name)
        self._run_id = run_id
        self._written = [mapper.class_ for mapper in mappers() if mapper.class_.__resource__ == target.resource]

    def read(self, table: Table, on_progress: Listener | None) -> None:
        count_anew = BATCH
        pieces = pieces_of(table.rows(), self._binding, documents=self._target.documents, most=BATCH)
        with RejectedRows(self._order.rejects_path, table.columns) as rejects:
            for batch in batches_of(pieces, BATCH):
                self._take(batch, rejects)
                if self.report.created >= count_anew:
                    refresh_statistics(self._database.engine, self._written)
                    count_anew = GROWTH * self.report.created
                with self._database.transaction() as session:
                    note_counts(session, self._run_id, self.report)
                if on_progress is not None:
                    on_progress(self.report.read, max(table.length, self.report.read))

    def _take(self, batch: list[Piece], rejects: RejectedRows) -> None:
        good: list[list[ConvertedRow]] = []
        bad: list[tuple[RawRow, list[Problem]]] = []
        for piece in batch:
            found = [self._binding.convert(row) for row in piece]
            ready = [one for one in found if isinstance(one, Converted)]
            if len(ready) < len(piece):
                bad += self._beside(piece, [[] if isinstance(one, Converted) else one for one in found])
            elif (problem := self._seen.problem(ready[0])) is not None:
                bad += self._beside(piece, [[problem]] + [[]] * (len(piece) - 1))
            else:
                good.append([self._converted(one) for one in ready])
        rows = {row.number: row for piece in batch for row in piece}
        outcomes = self._write(good)
        for converted, outcome in zip((one for piece in good for one in piece), outcomes, strict=True):
            if outcome.state == "rejected":
                row = rows[converted.number]
                bad.append((row, [self._problem(row, outcome)]))
            else:
                setattr(self.report, outcome.state, getattr(self.report, outcome.state) + 1)
        self.report.read += len(rows)
        for row, problems in sorted(bad, key=lambda pair: pair[0].number):
            self.report.reject(problems)
            rejects.write(row, problems)

    def _beside(self, piece: Piece, problems: list[list[Problem]]) -> Iterator[tuple[RawRow, list[Problem]]]:
        """Each row of a piece with what is wrong with it; those with which nothing is are told which one keeps them out."""
        first = next(row.number for row, wrong in zip(piece, problems, strict=True) if wrong)
        for row, wrong in zip(piece, problems, strict=True):
            yield row, wrong or [Problem(row.number, "", "", msg("Row %(row)s of the same document cannot be taken.", row=first))]

    def _converted(self, row: Converted) -> ConvertedRow:
        profile = self._binding.profile
        spread = profile.spread
        chosen = pick(spread.candidates(row.values), row.key) if spread else None
        department = chosen if spread and spread.over == "departments" else None
        owner = chosen if spread and spread.over == "owners" else None
        return ConvertedRow(row.number, row.key, row.values, department, owner, profile.review)

    def _write(self, pieces: list[list[ConvertedRow]]) -> list[Outcome]:
        """Outcomes of the rows; a batch that fails as a whole is halved until the pieces that it fails for stand alone."""
        rows = [row for piece in pieces for row in piece]
        try:
            return self._in_one_use_case(rows) if rows else []
        except (KeguanError, IntegrityError, DataError, StaleDataError) as error:
            if len(pieces) == 1:
                said = error.message if isinstance(error, KeguanError) and not isinstance(error, Taken) else _CONFLICT
                return [rejected(said)] * len(rows)
        half = len(pieces) // 2
        return self._write(pieces[:half]) + self._write(pieces[half:])

    def _in_one_use_case(self, rows: list[ConvertedRow]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        try:
            with because(self._reason), self._database.transaction() as session:
                tell_in_portions(session)
                with noted_records(session, self._written) as written:
                    outcomes = list(self._target.write(session, rows))
                    session.flush()
                if not self._order.dry_run:
                    keep_records(session, self._run_id, written)
                if self._order.dry_run:
                    raise _TakenBack
        except _TakenBack:
            pass  # a dry run: the database has checked everything and keeps nothing
        if len(outcomes) != len(rows):
            raise ValueError(f"the import of {self._target.resource} answered {len(outcomes)} outcomes for {len(rows)} rows")
        return outcomes

    def _problem(self, row: RawRow, outcome: Outcome) -> Problem:
        column = self._columns.get(outcome.field, "")
        return Problem(row.number, column, row.values.get(column, ""), outcome.reason or _CONFLICT)


@contextmanager
def _start_set_aside() -> Iterator[None]:
    """Inside, the collector of garbage passes over what the program is made of: to look at it again and again took a sixth of an import."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _TakenBack(Exception):
    """Ends the use case of a dry run."""


_CONFLICT = msg("The row contradicts a record that exists already. Please check its key and its values.")


def _target(database: Database, registry: Registry, resource: str, who: Actor | System) -> ImportTarget:
    if who.company_id is None:
        raise BadInput(msg("Rows are imported into one company. Please say which."))
    found: dict[str, tuple[str, ImportTarget]] = {entry.resource: (plugin, entry) for plugin, entry in import_targets(registry)}
    plugin, target = found.get(resource, ("", None))
    if target is None or (plugin != CORE and plugin not in _modules(database, registry, who)):
        raise NotFound(msg("Nothing called %(resource)s takes imports here.", resource=resource))
    if isinstance(who, Actor) and not (who.may(resource, IMPORT) and who.may(resource, CREATE)):
        raise Forbidden
    return target


def _modules(database: Database, registry: Registry, who: Actor | System) -> frozenset[str]:
    if isinstance(who, Actor):
        return who.modules
    assert who.company_id is not None
    with acting_as(who):
        found = enabled_modules(database.session(), who.company_id, registry)
    database.release()
    return found


def _description(order: ImportOrder) -> dict[str, object]:
    return {
        "file_name": order.shown_name[:200],
        "sha256": _sha256(order.path),
        "resource": order.profile.resource,
        "dry_run": order.dry_run,
        "job_id": order.job_id,
    }


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
