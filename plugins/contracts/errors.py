"""What can go wrong with contracts, each as one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from core.kernel.errors import Conflict
from core.kernel.words import Message, msg


class NotOpen(Conflict):
    """A signed contract is not edited."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("A contract is changed only before it is signed; this one is “%(state)s”.", state=state))


class CustomerNotReady(Conflict):
    """Contracts are signed only with reviewed customers whose data are complete (R-334)."""

    def __init__(self, name: str | Message, missing: Sequence[Message]) -> None:
        if missing:
            words = "、".join(map(str, missing))
            super().__init__(msg("The data of the customer %(name)s are incomplete. Please add: %(missing)s.", name=name, missing=words))
        else:
            super().__init__(msg("The customer %(name)s has not been approved yet. Please have it reviewed first.", name=name))


class NothingToSign(Conflict):
    """A contract without lines or amount."""

    def __init__(self) -> None:
        super().__init__(msg("This contract has no amount yet. Please add its lines first."))


class TextNotDue(Conflict):
    """The text is handed over once, after the signing."""

    def __init__(self) -> None:
        super().__init__(msg("The text is handed over once, after the contract has been signed."))


class EntryNotDue(Conflict):
    """A contract is entered after its text was handed over, and only with complete data (R-223, R-334)."""

    def __init__(self) -> None:
        super().__init__(msg("The entry is confirmed once, after the text was handed over and while no data are missing."))
