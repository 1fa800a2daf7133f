"""What can go wrong with contracts, each as one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.kernel.errors import Conflict
from core.kernel.words import Message, listed, msg


class NotOpen(Conflict):
    """A signed contract is not edited."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("A contract is changed only before it is signed; this one is “%(state)s”.", state=state))


class CustomerNotReady(Conflict):
    """Contracts are signed only with reviewed customers whose data are complete (R-334)."""

    def __init__(self, name: str | Message, missing: Sequence[Message]) -> None:
        if missing:
            words = listed(missing)
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


class HasRecords(Conflict):
    """Records of other plugins, even of those switched off, belong to a contract or a part of its schedule."""

    def __init__(self) -> None:
        super().__init__(msg("Other records refer to this contract or its payment schedule, so it stays. Please remove those first."))


class ScheduleFixed(Conflict):
    """The schedule of a signed contract is changed only by a supplement."""

    def __init__(self) -> None:
        super().__init__(msg("The payment schedule of a signed contract is changed by a supplement."))


class ScheduleDiffers(Conflict):
    """The parts do not add up to the amount of the contract (both in yuan)."""

    def __init__(self, planned: Decimal, amount: Decimal) -> None:
        super().__init__(
            msg(
                "The payment schedule adds up to %(planned)s yuan, but the contract amounts to %(amount)s yuan. Please correct it.",
                planned=f"{planned:,.2f}",
                amount=f"{amount:,.2f}",
            )
        )


class ContractEnded(Conflict):
    """Only contracts that are signed and neither terminated nor void are worked on."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("This needs a contract that is signed and in force; this one is “%(state)s”.", state=state))


class MilestoneLeadsNowhere(Conflict):
    """A milestone names a contract or a part of its schedule that is not there."""

    def __init__(self, number: str, part: str) -> None:
        super().__init__(
            msg(
                "There is no payment “%(part)s” in the schedule of the contract %(number)s. Please correct the milestone.",
                part=part,
                number=number,
            )
        )


class NotInForce(Conflict):
    """Supplements change contracts in force."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("A supplement needs a signed contract in force; this one is “%(state)s”.", state=state))


class SupplementFixed(Conflict):
    """A supplement is changed only as a draft."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("A supplement is changed only before it is signed; this one is “%(state)s”.", state=state))


class NothingAmended(Conflict):
    """A supplement that changes nothing."""

    def __init__(self) -> None:
        super().__init__(msg("This supplement changes nothing. Please enter a new amount, a new end, or new scheduled payments."))


class OralFixed(Conflict):
    """An oral contract is changed only while it waits."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("An oral contract is changed only until it is confirmed in writing; this one is “%(state)s”.", state=state))


class NotTheWrittenContract(Conflict):
    """Only a signed contract with the same customer confirms an oral one."""

    def __init__(self) -> None:
        super().__init__(msg("Please choose a signed contract with the same customer."))
