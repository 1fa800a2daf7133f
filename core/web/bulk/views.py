"""The page of one order: how far it has come, what was refused and why, and the way back."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.kernel.words import Message, counted, msg
from core.web.access import member
from core.web.bulk.asking import is_small
from core.web.bulk.models import CHANGE, DELETE, UNDO, BulkItem, BulkRun, BulkState, Outcome
from core.web.bulk.ordering import noun_of
from core.web.bulk.running import counts_of, found_run, stop_run
from core.web.bulk.telling import ended
from core.web.bulk.undoing import can_be_undone, order_undo, why_no_undo
from core.web.gate import database_of
from core.web.going import go
from core.web.nouns import Noun
from core.web.pages import Block, Column, ColumnKind, Figure, Fragment, Link, RecordPage, RelatedTable, Row, Say, Verb
from core.web.shell import say
from core.web.showing import record_url, view_name
from core.web.views import PluginView
from core.work.models import Job, JobState

FIGURES = (Outcome.CHANGED, Outcome.ASKED, Outcome.UNCHANGED, Outcome.REFUSED, Outcome.WAITING)
CHANGED_BY = {DELETE: msg("Records deleted"), UNDO: msg("Records restored")}
SHOWN = 100
"""Refused records that are listed."""


class BulkView(PluginView):
    """Everybody sees the own orders."""

    route_base = "/bulk"

    @expose("/<id:pk>")
    @member
    def show(self, pk: int) -> Response:
        """One order."""
        run = found_run(self.session, pk)
        return self.page(self._page(run, self._noun(run)))

    @expose("/<id:pk>/undo", methods=["POST"])
    @member
    def undo(self, pk: int) -> Response:
        """Put back what the order has changed, as far as nobody has changed it since."""
        noun = self._noun(found_run(self.session, pk))
        run = self.use_case(lambda session: order_undo(session, noun, pk))
        return go(ended(database_of(), noun, run) if is_small(self.session, run) else url_for("BulkView.show", pk=run.id))

    @expose("/<id:pk>/cancel", methods=["POST"])
    @member
    def cancel(self, pk: int) -> Response:
        """Stop; what has been changed stays changed, and can be taken back."""
        self._noun(found_run(self.session, pk))
        self.use_case(lambda session: stop_run(session, pk))
        say(msg("Stopped. What was changed before stays changed."))
        return go(url_for("BulkView.show", pk=pk))

    def _noun(self, run: BulkRun) -> Noun:
        return noun_of(self.nouns, run, g.actor)

    def _page(self, run: BulkRun, noun: Noun) -> RecordPage:
        counts = counts_of(self.session, run.id)
        job = self.session.scalars(select(Job).where(Job.id == run.job_id)).one_or_none() if run.state is BulkState.RUNNING else None
        failed = job is not None and job.state is JobState.FAILED
        body: list[Block] = [_progress(run, counts)] if run.state is BulkState.RUNNING and not failed else []
        if counts[Outcome.REFUSED]:
            body.append(self._refused(run, noun))
        return RecordPage(
            title=_title(run, noun),
            crumbs=(Link(noun.plural, url_for(f"{view_name(noun)}.list")),),
            back=Link(noun.plural, url_for(f"{view_name(noun)}.list")),
            facts=(run.state.label,),
            figures=tuple(Figure(_called(one, run), f"{counts[one]:,}") for one in FIGURES),
            says=(Say(job.error),) if failed and job is not None and job.error is not None else (),
            verbs=self._verbs(run, noun, counts),
            body=tuple(body),
        )

    def _verbs(self, run: BulkRun, noun: Noun, counts: Any) -> tuple[Verb, ...]:
        if run.state is BulkState.RUNNING:
            return (Verb(msg("Stop"), url_for("BulkView.cancel", pk=run.id), "x"),)
        if not can_be_undone(noun, run.what) or not counts[Outcome.CHANGED]:
            return ()
        return (
            Verb(
                msg("Undo all of it"),
                url_for("BulkView.undo", pk=run.id),
                "arrow-back-up",
                forbidden=why_no_undo(self.session, noun, run) or "",
            ),
        )

    def _refused(self, run: BulkRun, noun: Noun) -> RelatedTable:
        asked = select(BulkItem).where(BulkItem.run_id == run.id, BulkItem.outcome == Outcome.REFUSED).order_by(BulkItem.id).limit(SHOWN)
        items = self.session.scalars(asked).all()
        model = noun.model
        known = {record.id: record for record in self.session.scalars(select(model).where(model.id.in_([one.record_id for one in items])))}
        rows = tuple(
            Row(str(one.id), record_url(noun, record.id), (str(record), one.said), name=str(record))
            if (record := known.get(one.record_id)) is not None
            else Row(str(one.id), "", ("–", one.said))
            for one in items
        )
        columns = (Column("name", noun.title, ColumnKind.NAME), Column("said", msg("Why it was not changed")))
        return RelatedTable(title=msg("Not changed"), columns=columns, rows=rows)


def _called(outcome: Outcome, run: BulkRun) -> Message:
    """The outcome in the words of the verb."""
    return CHANGED_BY.get(run.what, outcome.label) if outcome is Outcome.CHANGED else outcome.label


def _progress(run: BulkRun, counts: Any) -> Fragment:
    done = sum(number for outcome, number in counts.items() if outcome is not Outcome.WAITING)
    share = 100 * done // run.total if run.total else 0
    context = {
        "href": url_for("BulkView.show", pk=run.id),
        "share": share,
        "said": counted(
            "%(done)s of %(count)s record", "%(done)s of %(count)s records", run.total, done=f"{done:,}", count=f"{run.total:,}"
        )
        if run.prepared
        else msg("Finding the records"),
    }
    return Fragment(name="keguan/blocks/progress.html", context=context)


def _title(run: BulkRun, noun: Noun) -> Message:
    if run.what == CHANGE:
        return msg("Change of “%(field)s” (%(noun)s)", field=noun.fields[run.field].label, noun=noun.plural)
    if run.what in (DELETE, UNDO):
        return msg("%(verb)s (%(noun)s)", verb=msg("Delete") if run.what == DELETE else msg("Taken back"), noun=noun.plural)
    act = noun.act(run.what)
    return msg("%(verb)s (%(noun)s)", verb=act.label if act is not None else run.what, noun=noun.plural)
