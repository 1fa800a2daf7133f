"""Members, milestones and entries of projects on screen."""

from __future__ import annotations

from collections.abc import Mapping

from core.database.covering import OPEN, access_to
from core.database.fields import Field
from core.kernel.acting import acting, actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind, Tag, Tone
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.errors import NotRunning
from plugins.sales.models import Milestone, Project, ProjectEntry, ProjectMember
from plugins.sales.operations.entries import NOT_MINE
from plugins.sales.operations.members import STAYS
from plugins.sales.permissions import REACH
from plugins.sales.rules.projects import ProjectState


def _ended(project: Project) -> Message | None:
    return None if project.state is ProjectState.RUNNING else NotRunning(project.state.label).message


def _reached(milestone: Milestone) -> Message | None:
    return msg("This milestone has been reached already.") if milestone.reached_on is not None else None


MEMBERS = Noun(
    plugin="sales",
    model=ProjectMember,
    path="project-members",
    title=msg("Project member"),
    plural=msg("Project members"),
    icon="users",
    columns=(
        Shown("employee", ColumnKind.NAME, CardPlace.NAME),
        Shown("duty", place=CardPlace.LAST),
        Shown("project", place=CardPlace.OWNER),
    ),
    groups=(Group(msg("Project member"), ("project", "employee", "duty")),),
    filters=("project", "employee"),
    facts=("project", "duty"),
    create=operations.add_member,
    why_not_from={"project": _ended},
    change=operations.change_member,
    fixed_fields=lambda member: {"employee": STAYS},
    delete=operations.remove_member,
    create_label=msg("New member"),
    empty=msg("Colleagues who work on projects are listed here; they see the project and register its progress."),
)


def _part(milestone: Milestone) -> str:
    """Which payment it makes due: a bare number would read as money."""
    return "" if milestone.part is None else str(msg("Part %(number)s", number=milestone.part))


DUE = Due("due_on", {"reached_on": (None,), "project.state": (ProjectState.RUNNING,)})


def _stands(milestone: Milestone) -> Tag | None:
    """Whether it is reached, late, or still ahead, as far as the person may know that."""
    who = acting()
    if access_to(who, Milestone, "reached_on") not in OPEN:
        return None
    if milestone.reached_on is not None:
        return Tag(msg("Reached"), Tone.GOOD)
    day = milestone.due_on if access_to(who, Milestone, "due_on") in OPEN else None
    late = day is not None and day < today() and DUE.counts(milestone)
    return Tag(msg("Overdue"), Tone.BAD) if late else Tag(msg("Not reached yet"))


MILESTONES = Noun(
    plugin="sales",
    model=Milestone,
    path="milestones",
    title=msg("Milestone"),
    plural=msg("Milestones"),
    icon="flag",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("project", place=CardPlace.OWNER),
        Shown("due_on", place=CardPlace.LAST),
        Shown("reached_on", ColumnKind.DATE, CardPlace.SUM),
        Shown("part", ColumnKind.TEXT),
    ),
    groups=(Group(msg("Milestone"), ("project", "name", "due_on", "part", "note", "reached_on")),),
    order="due_on",
    about="project",
    filters=("project", "due_on", "reached_on"),
    due=(DUE,),
    facts=("project", "due_on"),
    create=operations.add_milestone,
    why_not_from={"project": _ended},
    change=operations.change_milestone,
    delete=operations.delete_milestone,
    why_fixed=_reached,
    create_label=msg("New milestone"),
    acts=(
        Act(
            "reach",
            msg("Mark as reached"),
            operations.reach_milestone,
            REACH,
            "flag",
            (Field("date", msg("Reached on"), "on"),),
            _reached,
        ),
    ),
    views=(
        SavedView("ahead", msg("Upcoming"), lambda: Milestone.reached_on.is_(None)),
        SavedView("overdue", msg("Overdue milestones"), lambda: DUE.late(Milestone), calls=True),
    ),
    told={"part": _part},
    stands=_stands,
    empty=msg("What projects have to achieve is listed here; a milestone may make a payment of the contract due."),
    steps={
        "reach": msg("marked it as reached"),
    },
)


def _written_by_another(entry: ProjectEntry) -> Mapping[str, Message]:
    return {} if entry.person_id == actor().employee_id else dict.fromkeys(ENTRIES.written, NOT_MINE)


ENTRIES = Noun(
    plugin="sales",
    model=ProjectEntry,
    path="project-entries",
    title=msg("Project entry"),
    plural=msg("Project entries"),
    icon="progress-check",
    columns=(
        Shown("content", ColumnKind.NAME, CardPlace.NAME),
        Shown("project", place=CardPlace.OWNER),
        Shown("progress", place=CardPlace.SUM),
        Shown("person"),
        Shown("at", place=CardPlace.LAST),
    ),
    groups=(Group(msg("Project entry"), ("project", "content", "progress", "person", "at")),),
    order="-at",
    about="project",
    filters=("project", "person", "at"),
    facts=("project", "person"),
    create=operations.write_entry,
    why_not_from={"project": _ended},
    change=operations.change_entry,
    fixed_fields=_written_by_another,
    delete=operations.remove_entry,
    files=True,
    create_label=msg("Write an entry"),
    empty=msg("Progress and actions of projects are registered here in time."),
)


class ProjectMembersView(RecordView):
    """List, page and form of project members."""

    noun = MEMBERS


class MilestonesView(RecordView):
    """List, page, form and verb of milestones."""

    noun = MILESTONES


class ProjectEntriesView(RecordView):
    """List, page and form of project entries."""

    noun = ENTRIES
