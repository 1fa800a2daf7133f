"""The second factor of an account: set up, asked for at sign-in, taken off. Each code opens once, also for two at the same moment.

What changes is told by the trail and to the person; the secret leaves this floor once, when it is set up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.access.factor_codes import (
    cleaned,
    draw_recovery_codes,
    draw_secret,
    is_by_time,
    matching_step,
    recovery_digest,
    seal,
    unseal,
)
from core.access.identities import account_of
from core.access.models import Account, RecoveryCode, SecondFactor
from core.access.telling import tell_employee
from core.access.web_sessions import end_sessions_of
from core.audit.trail import record_event
from core.database.engine import writing
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.kernel.errors import Conflict, SignInRequired
from core.kernel.words import msg
from core.organisation.models import Employee

FRESH_FOR = timedelta(minutes=15)
"""So long a secret that is being set up can be confirmed."""


@dataclass(frozen=True)
class FactorState:
    """What a person sees of the own second factor. ``since`` is UTC and None while it is off; ``left`` counts unused recovery codes."""

    since: datetime | None
    left: int = 0


@dataclass(frozen=True)
class Accepted:
    """A code that was right; ``left`` recovery codes remain when it was one of them, else None."""

    left: int | None = None


def factor_state(session: Session, user_id: int) -> FactorState:
    """Whether the account has a second factor, and how many recovery codes remain."""
    since = session.scalar(select(SecondFactor.since).where(SecondFactor.user_id == user_id, SecondFactor.secret.is_not(None)))
    return FactorState(since, _left(session, user_id)) if since is not None else FactorState(None)


def has_factor(session: Session, user_id: int) -> bool:
    """Whether signing in to the account takes a second step."""
    return bool(session.scalar(select(Account.second_factor).where(Account.user_id == user_id)))


def begin_set_up(session: Session, user_id: int) -> None:
    """Draw a new secret, which counts for nothing until it is confirmed; the present one holds until then."""
    factor = _factor(session, user_id) or SecondFactor(user_id=user_id, last_step=0)
    factor.fresh, factor.fresh_at = seal(user_id, draw_secret()), now()
    session.add(factor)
    session.flush()


def fresh_secret(session: Session, user_id: int) -> str | None:
    """The secret that is being set up; None when nobody has begun, or too long ago."""
    factor = _factor(session, user_id)
    if factor is None or factor.fresh_at is None or factor.fresh_at + FRESH_FOR <= now():
        return None
    return unseal(user_id, factor.fresh)


def confirm_set_up(session: Session, user_id: int, typed: str, *, keep: str = "") -> list[str]:
    """Let the new secret count from now on; returns recovery codes, to be shown this once. Sign-ins end but the browser's of key ``keep``.

    Raises :class:`Conflict` when nothing is being set up, :class:`SignInRequired` for a wrong code.
    """
    secret, factor = fresh_secret(session, user_id), _factor(session, user_id)
    if secret is None or factor is None:
        raise Conflict(msg("This took too long. Please begin again."))
    step = matching_step(secret, cleaned(typed), now(), 0)
    if step is None:
        raise wrong_code()
    again = factor.secret is not None
    factor.secret, factor.since, factor.last_step = factor.fresh, now(), step
    factor.fresh = factor.fresh_at = None
    _turn(session, user_id, on=True, keep=keep)
    record_event(session, "second_factor_replaced" if again else "second_factor_on", _name(session, user_id))
    return _new_codes(session, user_id)


def renew_recovery_codes(session: Session, user_id: int) -> list[str]:
    """New recovery codes, to be shown this once; the old ones are worth nothing from now on."""
    codes = _new_codes(session, user_id)
    record_event(session, "recovery_codes_renewed", _name(session, user_id))
    return codes


def turn_off(session: Session, user_id: int, *, keep: str = "") -> None:
    """The person takes the own second factor off; sign-ins of the account end but the browser's of key ``keep``."""
    _forget(session, user_id)
    _turn(session, user_id, on=False, keep=keep)
    record_event(session, "second_factor_off", _name(session, user_id))


def reset_factor(session: Session, user: User, **details: object) -> None:
    """Take the second factor off somebody who has lost it; every sign-in of the account ends, keys of programs go on.

    Raises :class:`Conflict` when there is none.
    """
    if not account_of(session, user.id).second_factor:
        raise Conflict(msg("%(name)s has not set up two-step verification.", name=user.first_name or user.username))
    _forget(session, user.id)
    _turn(session, user.id, on=False)
    record_event(session, "second_factor_reset", user.username, **details)
    _tell_owner(session, user.id)


def end_factor(session: Session, user_id: int) -> None:
    """A closed account keeps no second factor: whoever comes back sets up a new one."""
    _forget(session, user_id)
    if account_of(session, user_id).second_factor:
        _turn(session, user_id, on=False)


def accept_code(database: Database, user_id: int, typed: str) -> Accepted:
    """Use up a code of the app or a recovery code; raises :class:`SignInRequired`, always with one sentence.

    In a short transaction of its own, in which the row is held: of two at the same moment one finds the code used.
    """
    code, moment = cleaned(typed), now()
    with writing(), Session(database.engine) as work, work.begin():
        factor = work.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update())
        if factor is None or factor.secret is None:
            raise wrong_code()
        if is_by_time(code):
            secret = unseal(user_id, factor.secret)
            step = matching_step(secret, code, moment, factor.last_step) if secret is not None else None
            if step is None:
                raise wrong_code()
            factor.last_step = step
            return Accepted()
        found = work.scalar(
            select(RecoveryCode).where(
                RecoveryCode.user_id == user_id, RecoveryCode.digest == recovery_digest(user_id, code), RecoveryCode.used_at.is_(None)
            )
        )
        if found is None:
            raise wrong_code()
        found.used_at = moment
        work.flush()
        return Accepted(_left(work, user_id))


def wrong_code() -> SignInRequired:
    """The same for a code that is wrong, late, or was used before."""
    return SignInRequired(msg("This code is wrong or has been used already. Please enter the next one."))


def _tell_owner(session: Session, user_id: int) -> None:
    """The person is told in every company that he or she works in."""
    told = msg(
        "Your two-step verification was reset. You can sign in with your password; please set it up again. "
        "If you did not ask for this, please tell your security administrator."
    )
    working = select(Employee.company_id, Employee.id).where(Employee.user_id == user_id, Employee.left_on.is_(None))
    with acting_as(System("two-step verification")):  # reviewed: an account may work in several companies
        found = session.execute(working).all()
    for company_id, employee_id in found:
        with acting_as(System("two-step verification", company_id)):
            tell_employee(session, employee_id, told)


def _factor(session: Session, user_id: int) -> SecondFactor | None:
    found: SecondFactor | None = session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))
    return found


def _left(session: Session, user_id: int) -> int:
    unused = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return int(session.scalar(unused) or 0)


def _new_codes(session: Session, user_id: int) -> list[str]:
    _forget_codes(session, user_id)
    codes = draw_recovery_codes()
    session.add_all(RecoveryCode(user_id=user_id, digest=recovery_digest(user_id, code)) for code in codes)
    session.flush()
    return codes


def _forget(session: Session, user_id: int) -> None:
    _forget_codes(session, user_id)
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def _forget_codes(session: Session, user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _turn(session: Session, user_id: int, *, on: bool, keep: str = "") -> None:
    """What every request looks at; tokens made before carry another round, and browsers sign in again."""
    account = account_of(session, user_id)
    account.second_factor, account.factor_round = on, account.factor_round + 1
    account.factor_due = account.factor_due and not on
    end_sessions_of(session, user_id, keep)
    session.flush()


def _name(session: Session, user_id: int) -> str:
    return str(session.scalars(select(User.username).where(User.id == user_id)).one())
