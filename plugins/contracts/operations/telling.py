"""Who has to do with a contract next is told: whoever may sign it, whoever enters it (R-222, R-223)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.holders import who_may
from core.access.people import holders
from core.approvals.operations import needs_approval
from core.kernel.words import msg
from core.work.notices import notify_each
from plugins.contracts.models import Contract
from plugins.contracts.permissions import SIGN

SIGNING_KIND = "contracts.signing"
"""The kind of approval before a contract is signed."""


def tell_signers(session: Session, contract: Contract) -> None:
    """Tell whoever may sign the contract that nothing is in the way any more."""
    said = msg("The contract %(title)s can be signed.", title=contract.title)
    many = msg("Contracts can be signed.")
    notify_each(session, who_may(session, SIGN, contract), said, f"/contracts/{contract.id}", many=many)


def tell_signers_unless_asked(session: Session, contract: Contract) -> None:
    """As :func:`tell_signers`, where nobody has to agree first: else they hear of it once it is approved."""
    with as_system(session, "whether somebody has to agree before the signing"):
        asked = needs_approval(session, SIGNING_KIND, contract)
    if not asked:
        tell_signers(session, contract)


def tell_of_text(session: Session, contract: Contract) -> None:
    """Tell the contract administrators that the signed text is there, so that one of them confirms the entry."""
    with as_system(session, "who confirms that contracts are entered"):
        clerks = [clerk.id for clerk in holders(session, "contract_administrator")]
    said = msg("The text of the contract %(title)s is there: please confirm the entry.", title=contract.title)
    many = msg("Texts of contracts are there: please confirm the entries.")
    notify_each(session, clerks, said, f"/contracts/{contract.id}", many=many)
