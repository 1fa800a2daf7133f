"""What holds for customers whatever the database: words, life cycles, names, credit codes, next steps."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from core.kernel.choices import Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class CustomerKind(Choice):
    """Company or person (R-064)."""

    COMPANY = "company", msg("Company customer")
    PERSON = "person", msg("Personal customer")


class CustomerState(Choice):
    """Where a customer stands in the whole flow (R-167, R-168)."""

    PENDING = "pending", msg("To be verified"), "wait"
    NEGOTIATING = "negotiating", msg("Negotiating"), "run"
    COOPERATING = "cooperating", msg("Cooperating"), "good"
    SUSPENDED = "suspended", msg("Suspended"), "idle"


class Review(Choice):
    """Where the review of a new customer stands (R-151)."""

    PENDING = "pending", msg("Waiting for review"), "wait"
    APPROVED = "approved", msg("Approved"), "good"
    RETURNED = "returned", msg("Returned"), "wait"


class ContactWay(Choice):
    """How one spoke with the customer (R-072, R-468)."""

    VISIT = "visit", msg("Site visit")
    PHONE = "phone", msg("Phone call")
    WECHAT = "wechat", msg("WeChat")
    EMAIL = "email", msg("E-mail message")
    SMS = "sms", msg("Text message")
    CHAT = "chat", msg("Online chat")
    FAX = "fax", msg("Fax")
    INCOMING = "incoming", msg("Incoming visit")


class DecisionRole(Choice):
    """What a contact means to a decision (R-071)."""

    DECIDES = "decides", msg("Decision maker")
    INFLUENCES = "influences", msg("Influencer")
    USES = "uses", msg("User")
    BUYS = "buys", msg("Purchaser")
    OTHER = "other", msg("Other")


class Size(Choice):
    """Size of a company (R-064)."""

    LARGE = "large", msg("Large")
    MEDIUM = "medium", msg("Medium")
    SMALL = "small", msg("Small")
    MICRO = "micro", msg("Micro")


class Settlement(Choice):
    """How the customer pays (R-064)."""

    TRANSFER = "transfer", msg("Bank transfer")
    ACCEPTANCE = "acceptance", msg("Acceptance bill")
    CHEQUE = "cheque", msg("Cheque")
    CASH = "cash", msg("Cash")
    OTHER = "other", msg("Other")


class Source(Choice):
    """Where the customer was met (R-064)."""

    REFERRAL = "referral", msg("Referral")
    EXHIBITION = "exhibition", msg("Exhibition")
    VISIT = "visit", msg("Site visit")
    WEBSITE = "website", msg("Website")
    CALL = "call", msg("Incoming call")
    IMPORT = "import", msg("Imported list")
    OTHER = "other", msg("Other")


REVIEW_CYCLE = Lifecycle(
    Review.PENDING,
    (
        Transition("approve", (Review.PENDING,), Review.APPROVED, msg("Approve")),
        Transition("return", (Review.PENDING,), Review.RETURNED, msg("Return")),
        Transition("submit", (Review.RETURNED,), Review.PENDING, msg("Submit again")),
    ),
)

CUSTOMER_CYCLE = Lifecycle(
    CustomerState.PENDING,
    (
        Transition("approve", (CustomerState.PENDING,), CustomerState.NEGOTIATING, msg("Approve")),
        Transition("cooperate", (CustomerState.NEGOTIATING, CustomerState.SUSPENDED), CustomerState.COOPERATING, msg("Cooperate")),
        Transition("suspend", (CustomerState.NEGOTIATING, CustomerState.COOPERATING), CustomerState.SUSPENDED, msg("Suspend")),
        Transition("resume", (CustomerState.SUSPENDED,), CustomerState.NEGOTIATING, msg("Resume")),
    ),
)

_FORMS = (
    *("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "股份公司", "集团公司", "公司", "集团"),
    *("co.,ltd.", "co.,ltd", "ltd.", "ltd", "inc.", "inc"),
)
_MARKS = re.compile(r"[\s()\[\]【】（）·・.,，。、\-_'\"“”]+")
_SLACK = timedelta(minutes=10)  # clocks of phones and servers differ
HINT_LENGTH = 4
"""Characters of a name from which on names that begin alike are shown as possible duplicates."""


def name_key(name: str) -> str:
    """``name`` reduced to what tells customers apart: width, case, spaces, brackets and the legal form do not (R-339)."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    for form in _FORMS:
        if plain.endswith(form) and len(plain) > len(form) + 1:
            plain = plain.removesuffix(form)
            break
    return _MARKS.sub("", plain)[:200]


def masked_name(name: str) -> str:
    """A person's name of which only the first character is told: 王**."""
    return f"{name[:1]}**"


def is_credit_code(code: str) -> bool:
    """Whether ``code`` is a unified social credit code (GB 32100), its check digit included."""
    try:
        uscc.validate(code)
    except ValidationError:
        return False
    return True


def is_id_number(number: str) -> bool:
    """Whether ``number`` is a resident identity number (GB 11643): place, day of birth and check digit."""
    try:
        ric.validate(number)
    except ValidationError:
        return False
    return True


def customer_code(year: int, number: int) -> str:
    """Code of a customer that was given none: KH-2026-00318."""
    return f"KH-{year}-{number:05d}"


def is_past_or_now(at: datetime, moment: datetime) -> bool:
    """Whether something that is reported at ``moment`` can have happened ``at``."""
    return at <= moment + _SLACK


def is_due(next_on: date | None, day: date) -> bool:
    """Whether the next contact should have happened by the end of ``day``."""
    return next_on is not None and next_on <= day
