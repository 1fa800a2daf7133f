"""The project on screen."""

from __future__ import annotations

from sqlalchemy import and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.models import Project
from plugins.sales.operations.projects import WITH_PROPOSAL
from plugins.sales.rules.opportunities import Warned
from plugins.sales.rules.projects import PROJECT_CYCLE, ProjectState

RUNNING = ProjectState.RUNNING


def _fixed(project: Project) -> Message | None:
    return None if project.state is RUNNING else msg("A project that has ended can no longer be changed.")


ENDS = Due("ends_on", {"state": (RUNNING,)}, mark=Warned.OVERDUE)
PROJECTS = Noun(
    plugin="sales",
    model=Project,
    path="projects",
    alike=("title",),
    title=msg("Project"),
    plural=msg("Projects"),
    icon="briefcase",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer"),
        Shown("state", place=CardPlace.STATE),
        Shown("progress", place=CardPlace.SUM),
        Shown("ends_on"),
        Shown("owner", place=CardPlace.OWNER),
        Shown("touched_at", place=CardPlace.LAST),
    ),
    groups=(
        Group(msg("Project"), ("title", "proposal", "customer", "starts_on", "ends_on", "contract_number", "note")),
        Group(msg("Gross profit"), ("least_profit_rate", "least_profit"), folded=True),
        Group(msg("Progress"), ("progress", "touched_at", "ended_on", "state_reason"), folded=True),
    ),
    order="-id",
    filters=("state", "customer", "owner", "warned", "ends_on"),
    due=(ENDS,),
    facts=("customer", "contract_number", "owner"),
    tags=("state", "warned"),
    create=operations.create_project,
    change=operations.change_project,
    why_fixed=_fixed,
    fixed_fields=lambda project: {"proposal": WITH_PROPOSAL},
    create_label=msg("New project"),
    acts=(
        Act("finish", msg("Finish"), operations.finish_project, "update", "check", (), while_allowed(PROJECT_CYCLE, "finish")),
        Act(
            "stop",
            msg("Stop"),
            operations.stop_project,
            "update",
            "ban",
            (Field("text", msg("Reason"), "reason", required=True, max_length=500),),
            while_allowed(PROJECT_CYCLE, "stop"),
        ),
        Act("resume", msg("Resume"), operations.resume_project, "update", "refresh", (), while_allowed(PROJECT_CYCLE, "resume")),
    ),
    views=(
        SavedView("mine", msg("Mine"), lambda: Project.owner_id == actor().employee_id),
        SavedView("running", msg("Under way"), lambda: Project.state == RUNNING),
        SavedView("overdue", msg("Past end date"), lambda: ENDS.late(Project), calls=True),
        SavedView("still", msg("No recent entry"), lambda: and_(Project.state == RUNNING, Project.warned == Warned.STILL), calls=True),
    ),
    children=("milestones", "project-members", "project-entries"),
    composer="project-entries",
    files=True,
    empty=msg("Work carried out for customers is listed here; a project is created from its approved proposal."),
)


class ProjectsView(RecordView):
    """List, page, form and verbs of projects."""

    noun = PROJECTS
