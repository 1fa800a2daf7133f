"""The start page: figures, what I must do; each plugin brings its own through hooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.access.factor_duty import GRACE
from core.approvals.models import ApprovalCase
from core.approvals.queries import waiting_for
from core.database.together import Told
from core.extension.calling import hooks, registry
from core.extension.exchange import DeskFigure, DeskTask
from core.extension.exchange import Figure as Offered
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.web import formats
from core.web.access import member
from core.web.approvals.showing import title_of
from core.web.desk_charts import anything_drawn, charted, desk_charts
from core.web.desk_house import house_desk
from core.web.desk_scope import Chosen, chosen, figure_of
from core.web.desk_welcome import first_steps
from core.web.nouns import Nouns
from core.web.offers import entries_by, shown_offers
from core.web.pages import DeskCard, DeskItem, DeskPage, Figure, Link, Person, Say, Tone
from core.web.showing import view_name
from core.web.views import PluginView

TASKS = 6  # of one module; what is most urgent stands first


class DeskView(PluginView):
    """Where everybody lands after signing in."""

    route_base = ""

    @expose("/")
    @member
    def desk(self) -> Response:
        """What all modules count for the person, and what there is to do in each."""
        mine = _my_modules()
        offered = hooks().crm_desk_figures(session=self.session) if mine else ()
        followed = {self.nouns.by_path[one.noun].resource for one in offered if isinstance(one, DeskFigure)}
        about = chosen(request.args, followed | charted(self.nouns))
        figures = self._figures(offered, about)
        waiting = self._waiting()
        cards, quiet = self._tasks(mine, {_plugin_of(case) for case in waiting})
        house = ((), ()) if mine else house_desk(self.session)
        asked = (*_decisions(waiting), *cards, *house[1])
        new_here = mine and not asked and all(one.nothing for one in figures) and not anything_drawn(self.session, self.nouns)
        hints = first_steps(self.nouns) if new_here else ()
        page = DeskPage(
            title=msg("Hello, %(name)s", name=g.actor.name),
            place=msg("Home"),
            figures=(*figures, *house[0]),
            cards=asked or (() if quiet else (_shut(),)),
            hints=hints,
            quiet=() if hints else quiet,
            charts=() if hints else desk_charts(self.nouns, about),
            choices=about.links() if followed and not hints else (),
            today=today(),
            says=self._second_factor(),
        )
        return self.page(page)

    def _figures(self, offered: Sequence[Offered | DeskFigure], about: Chosen) -> tuple[Figure, ...]:
        """All in one statement; for whoever sees the work of others what was chosen comes first."""
        asked = [(one, figure_of(self.session, self.nouns, one, about) if isinstance(one, DeskFigure) else one) for one in offered]
        known = [(one, figure) for one, figure in asked if figure is not None]
        told = shown_offers(self.session, [figure for _, figure in known], exact=False)[0]
        found = [(isinstance(one, DeskFigure), _of_days(one, figure, about)) for (one, _), figure in zip(known, told, strict=True)]
        return tuple(figure for _, figure in (sorted(found, key=lambda one: not one[0]) if about.wide else found))

    def _second_factor(self) -> tuple[Say, ...]:
        """Until when whoever needs a second factor, and has none, should set it up."""
        if g.identity.factor_asked_on is None or g.identity.second_factor:
            return ()
        day = formats.day(g.identity.factor_asked_on + timedelta(days=parameter(self.session, GRACE)), today())
        told = msg("Your rights ask for two-step verification. Please set it up by %(day)s.", day=day)
        return (Say(told, Tone.WAIT, Link(msg("Set it up"), url_for("TwoStepView.state"))),)

    def _tasks(self, plugins: tuple[str, ...], deciding: Collection[str]) -> tuple[tuple[DeskCard, ...], tuple[Message, ...]]:
        """What the person has to do, one card for each module; and the modules in which nothing waits, not even for a decision."""
        told = {name: hooks(frozenset({name})).crm_desk_tasks(session=self.session, limit=TASKS) for name in plugins}
        found = entries_by(self.session, {name: [_of_list(one) for one in several] for name, several in told.items()}, TASKS)
        quiet = tuple(registry().manifests[name].title for name, tasks in found.items() if not tasks and name not in deciding)
        return tuple(_card(self.nouns, name, tasks) for name, tasks in found.items() if tasks), quiet

    def _waiting(self) -> Sequence[ApprovalCase]:
        """What waits for the person's decision, longest waiting first."""
        if ApprovalCase.__tablename__ not in g.actor.cases:
            return ()
        found: Sequence[ApprovalCase] = self.session.scalars(
            waiting_for(g.actor).options(selectinload(ApprovalCase.filler)).limit(TASKS)
        ).all()
        return found


def _of_days(one: Offered | DeskFigure, figure: Figure, about: Chosen) -> Figure:
    """The figure with its days below it, and in red what is late."""
    if not isinstance(one, DeskFigure):
        return figure
    return replace(figure, context=about.span.label if one.day else figure.context, late=one.late and not figure.nothing)


def _decisions(waiting: Sequence[ApprovalCase]) -> tuple[DeskCard, ...]:
    """The card of what waits for a decision; none where nothing waits."""
    everything = Link(msg("All"), url_for("ApprovalsView.inbox"))
    items = tuple(_decision(case) for case in waiting)
    return (DeskCard(msg("Waiting for my decision"), items, all=everything),) if items else ()


def _plugin_of(case: ApprovalCase) -> str:
    """The module whose document waits."""
    kind = registry().approvals.get(case.kind)
    return kind.plugin if kind is not None else ""


class _Task(NamedTuple):
    """A task with the list that holds all of its kind (noun and view), if there is one."""

    task: DeskTask
    all: tuple[str, str] | None = None


def _of_list(offered: Told | DeskTask) -> Told | _Task:
    """What is offered, with the list that it comes from."""
    if not isinstance(offered, Told):
        return _Task(offered)
    return replace(offered, tell=lambda row: _Task(offered.tell(row), offered.all))


def _card(nouns: Nouns, plugin: str, tasks: Sequence[_Task]) -> DeskCard:
    """The most urgent tasks; below them the lists of those that it has no room for, or of which there may be more."""
    ordered = sorted(tasks, key=lambda one: (one.task.due is None, one.task.due))
    kinds = Counter(one.all for one in tasks)
    more = (one.all for one in tasks if one in ordered[TASKS:] or kinds[one.all] >= TASKS)
    title = msg("%(module)s: to do", module=registry().manifests[plugin].title)
    items = tuple(DeskItem(one.task.title, one.task.url, one.task.note, due=one.task.due) for one in ordered[:TASKS])
    return DeskCard(title, items, doors=tuple(_door(nouns, *one) for one in dict.fromkeys(more) if one is not None))


def _door(nouns: Nouns, path: str, key: str) -> Link:
    noun = nouns.by_path[path]
    view = next(one for one in noun.views if one.key == key)
    return Link(msg("%(list)s – %(view)s", list=noun.plural, view=view.label), url_for(f"{view_name(noun)}.list", view=key))


def _decision(case: ApprovalCase) -> DeskItem:
    filler = Person.of(case.filler_id, case.filler.name)
    return DeskItem(title_of(case), url_for("ApprovalsView.show", pk=case.id), person=filler, at=case.step_since)


def _my_modules() -> tuple[str, ...]:
    """Modules that are on, in which the person has any right, and which tell what there is to do."""
    mine = {resource.partition(".")[0] for resource, _ in g.actor.grants}
    return tuple(
        name for name in registry().names if name in g.actor.modules and name in mine and hooks(frozenset({name})).heard("crm_desk_tasks")
    )


def _shut() -> DeskCard:
    """For whoever has neither a module nor a duty of the house."""
    return DeskCard(msg("My pages"), (), empty=msg("No module is open to you. Please ask your security administrator."))
