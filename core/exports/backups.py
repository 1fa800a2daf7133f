"""Backups pass the gate too: one that leaves the folder of the deployment, or holds its keys, was let out by another person (R-343, R-454).

A backup holds what every company has entered, so every company that works here says yes for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.access.guard import authorise, open_for_writing
from core.approvals.operations import submit_if_needed, use_approval
from core.audit.trail import name_action
from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.database.types import Moment
from core.exports.settings import HOURS
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.acting import System, acting_as, actor
from core.kernel.choices import Choice
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import Message, msg
from core.organisation.models import Company
from core.organisation.parameters import parameter
from core.work.notices import notify

RESOURCE, ASK, KIND = "core.backup", "ask", "core.backup"
PAGE = "/backups/"


class WishState(Choice):
    """Where the wish for a backup stands."""

    WAITING = "waiting", msg("Waiting for approval"), "wait"
    APPROVED = "approved", msg("Approved"), "good"
    REFUSED = "refused", msg("Refused"), "bad"
    WITHDRAWN = "withdrawn", msg("Withdrawn"), "idle"
    USED = "used", msg("Backup begun"), "run"
    MADE = "made", msg("Backup made"), "idle"


class BackupWish(CompanyRecord):
    """Somebody wants a backup to leave: whereto, with the keys or without, why. ``expires_at`` is until when the yes holds.

    ``sha256`` is the digest of the manifest of what has left, ``name`` what it is called.
    """

    __tablename__ = "core_backup_wish"
    __resource__ = RESOURCE
    __private_to__ = "asked_by_id"
    __label__: ClassVar[Message] = msg("Backup that leaves")

    folder: Mapped[str] = fields.text(msg("Folder"), length=500, required=True)
    keys: Mapped[bool] = fields.flag(msg("With the secret keys"))
    reason: Mapped[str] = fields.text(msg("Reason"), length=500, required=True)
    asked_by = reference("core_employee", msg("Asked for by"), required=True, editable=False)
    state: Mapped[WishState] = fields.state(msg("State"), WishState, WishState.WAITING)
    opinion: Mapped[str | None] = fields.text(msg("Opinion"), length=500, editable=False)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    name: Mapped[str | None] = mapped_column(String(80))
    sha256: Mapped[str | None] = mapped_column(String(64))

    def __str__(self) -> str:
        """Whoever decides reads in the title whether the keys leave, too."""
        return f"#{self.id} {self.folder}{' + secrets/' if self.keys else ''}"


def ask_for_backup(session: Session, *, folder: str, reason: str, keys: bool = False) -> BackupWish:
    """Ask that one backup may be made into ``folder`` of the server; another person decides.

    Raises :class:`BadInput` for what is no whole path, :class:`Conflict` where the company has nobody asked.
    """
    authorise(BackupWish, ASK)
    if not Path(folder).is_absolute() or "\0" in folder or ".." in Path(folder).parts:
        raise BadInput(fields={"folder": msg("Please give the whole path of a folder of the server, such as /mnt/disk, without “..”.")})
    wish = BackupWish(company_id=actor().company_id, folder=str(Path(folder)), keys=keys, reason=reason, asked_by_id=actor().employee_id)
    open_for_writing(session, wish)
    session.add(wish)
    session.flush()
    name_action(session, wish, "ask_for_backup")
    if submit_if_needed(session, KIND, wish, note=reason) is None:
        raise Conflict(
            msg("An external backup needs the approval of another person. Please ask your security administrator to set its chain.")
        )
    return wish


@dataclass(frozen=True)
class Let:
    """What was approved for one backup: ids of the wishes with their companies."""

    wishes: tuple[tuple[int, int], ...] = ()


def demand_let(session: Session, folder: Path, who: System, *, keys: bool) -> Let:
    """The approvals for exactly this backup, of every company that works here; call it before anything is copied.

    Raises :class:`Conflict` naming the first company that has not approved it.
    """
    with acting_as(who):
        companies = session.scalars(select(Company).where(Company.active).order_by(Company.id)).all()
    return Let(tuple((company.id, _approved_wish(session, company, folder, who, keys=keys)) for company in companies))


def _approved_wish(session: Session, company: Company, folder: Path, who: System, *, keys: bool) -> int:
    fits = (BackupWish.folder == str(folder), BackupWish.keys == keys, BackupWish.state == WishState.APPROVED)
    with acting_as(System(who.reason, company.id)):
        asked = select(BackupWish.id).where(*fits, BackupWish.expires_at > now()).order_by(BackupWish.id).limit(1)
        wish = session.scalars(asked).first()
    if wish is None:
        raise _not_let(company, folder, keys=keys)
    return wish


def use_up(session: Session, let: Let, who: System) -> None:
    """Spend the approvals: they hold for one backup, also for one that stops half-way."""
    for company_id, wish_id in let.wishes:
        with acting_as(System(who.reason, company_id)):
            wish = session.get(BackupWish, wish_id)
            assert wish is not None
            use_approval(session, KIND, wish)
            open_for_writing(session, wish)
            wish.state = WishState.USED
            session.flush()


def _not_let(company: Company, folder: Path, *, keys: bool) -> Conflict:
    if keys:
        said = msg(
            "%(company)s has not approved a backup with keys into %(folder)s. Ask for it on the page “Backups”; another approves it.",
            company=company.name,
            folder=folder,
        )
    else:
        said = msg(
            "%(company)s has not approved a backup into %(folder)s. Ask for it on the page “Backups”; another approves it.",
            company=company.name,
            folder=folder,
        )
    return Conflict(said)


def tell_made(session: Session, let: Let, who: System, name: str, sha256: str) -> None:
    """Note in the trail of every company what has left, and tell who asked."""
    for company_id, wish_id in let.wishes:
        with acting_as(System(who.reason, company_id)):
            wish = session.get(BackupWish, wish_id)
            assert wish is not None
            open_for_writing(session, wish)
            name_action(session, wish, "backup_made")
            wish.state, wish.name, wish.sha256 = WishState.MADE, name, sha256
            session.flush()
            notify(session, wish.asked_by_id, msg("The backup %(name)s has been made.", name=name), PAGE)


def _approved(session: Session, wish: BackupWish) -> None:
    open_for_writing(session, wish)
    wish.state, wish.expires_at = WishState.APPROVED, now() + timedelta(hours=parameter(session, HOURS))
    notify(session, wish.asked_by_id, msg("Your backup into %(folder)s has been approved. Please make it soon.", folder=wish.folder), PAGE)


def _refused(session: Session, wish: BackupWish, opinion: str = "") -> None:
    open_for_writing(session, wish)
    wish.state, wish.opinion = WishState.REFUSED, opinion or None
    notify(session, wish.asked_by_id, msg("Your backup into %(folder)s was refused: %(reason)s", folder=wish.folder, reason=opinion), PAGE)


def _withdrawn(session: Session, wish: BackupWish) -> None:
    open_for_writing(session, wish)
    wish.state = WishState.WITHDRAWN


BACKING_UP = ApprovalKind(
    KIND,
    msg("Backup that leaves"),
    RESOURCE,
    BackupWish,
    chain=(
        Step(
            msg("Approval of the backup"),
            (Asked(Who.ROLE, role="leader_in_charge"), Asked(Who.ROLE, role="company_leader")),
        ),
    ),
    right=ASK,
    authors=lambda wish: (wish.asked_by_id,),
    on_approved=_approved,
    on_returned=_refused,
    on_rejected=_refused,
    on_withdrawn=_withdrawn,
    may_submit=lambda wish: None if wish.state is WishState.WAITING else msg("Please request a backup again."),
    by_hand=False,
    source="R-343",
)
"""How companies decide about backups that leave, unless they set a chain of their own."""
