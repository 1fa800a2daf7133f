"""Mail: written as a job in the business transaction, sent by a worker after the commit, over the server that the deployment names."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.extension.exchange import JobHandler, Task
from core.kernel.clock import now
from core.kernel.errors import Conflict
from core.kernel.words import Message, msg
from core.work.jobs import add_job

PATIENCE = 20.0  # seconds that the server of mail may take for one answer
KIND = "core.mail"


@dataclass(frozen=True)
class PostOffice:
    """The server that takes mail; without ``host`` no mail leaves. ``security`` is ``tls``, ``starttls`` or ``none``.

    ``auditors`` are addresses outside of the system that get the heads of the trail once a day, and its alarms at once.
    """

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""
    auditors: Sequence[str] = ()


_office: list[PostOffice] = [PostOffice()]


def use_post_office(office: PostOffice) -> None:
    """Make ``office`` the one of this process; the application does it once at start."""
    _office[:] = [office]


def post_office() -> PostOffice:
    """The post office of this process."""
    return _office[0]


def send_after_commit(session: Session, company_id: int, to: str, subject: Message | str, text: Message | str, *, key: str = "") -> bool:
    """Let ``text`` be mailed once the use case is committed, and not if it fails; False when the deployment sends no mail.

    With a ``key`` the company sends it once, however often it is asked. What stands in the text lies in the job until it is removed:
    say nothing in it that is masked.
    """
    if not post_office().host:
        return False
    add_job(session, company_id, KIND, {"to": to, "subject": " ".join(str(subject).split()), "text": str(text)}, key=key)
    return True


def _send(database: Database, task: Task) -> Any:
    """Send one mail. A server that fails is tried again by the job; a mail whose receipt got lost may come twice."""
    office = post_office()
    if not office.host:
        raise Conflict(msg("No mail server is set. Please set KEGUAN_MAIL_HOST."))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = office.sender or office.user, task.payload["to"], task.payload["subject"]
    mail["Date"], mail["Message-ID"] = format_datetime(now()), make_msgid(f"job-{task.job_id}", "keguan.invalid")
    mail.set_content(task.payload["text"])
    try:
        with _connected(office) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise Conflict(
            msg("The mail server %(host)s did not take the mail: %(why)s", host=office.host, why=type(error).__name__)
        ) from error


def _connected(office: PostOffice) -> smtplib.SMTP:
    if office.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(office.host, office.port, timeout=PATIENCE, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(office.host, office.port, timeout=PATIENCE)
    if office.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if office.user:
        server.login(office.user, office.password)
    return server


MAIL = JobHandler(KIND, _send, msg("Send a mail"), long=True)
