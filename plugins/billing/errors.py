"""What can go wrong with invoices and money, each as one sentence."""

from __future__ import annotations

from decimal import Decimal

from core.kernel.errors import BadInput, Conflict
from core.kernel.words import Message, msg


def shown(amount: Decimal) -> str:
    """An amount of yuan inside a sentence."""
    return f"¥{amount:,.2f}"


class NoticeFixed(Conflict):
    """A notice is written by its sender only before it is sent."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("A notice is changed only before it is sent; this one is “%(state)s”.", state=state))


class NotInvoiceable(Conflict):
    """The contract is not in force, or the part of its schedule may not be invoiced yet (R-329)."""

    def __init__(self, position: int | None = None) -> None:
        if position is None:
            said = msg("Only a contract that is signed and has not ended can be invoiced. Please check the contract.")
        else:
            said = msg("Part %(number)s of the payment schedule cannot be invoiced yet. Please have it released first.", number=position)
        super().__init__(said)


class OverInvoiceable(Conflict):
    """More than what may still be invoiced (R-329)."""

    def __init__(self, rest: Decimal, position: int | None = None) -> None:
        if position is None:
            said = msg("Only %(rest)s of this contract may still be invoiced. Please lower the amount.", rest=shown(rest))
        else:
            said = msg(
                "Only %(rest)s of part %(number)s may still be invoiced. Please lower the amount.", rest=shown(rest), number=position
            )
        super().__init__(said)


class TitleIncomplete(Conflict):
    """The buyer's title data lack what this kind of invoice needs."""

    def __init__(self, missing: Message) -> None:
        super().__init__(msg("The buyer's title data are incomplete for this kind of invoice. Please add: %(missing)s.", missing=missing))


class OtherBuyer(Conflict):
    """Notices of different buyers, kinds or rates cannot share an invoice."""

    def __init__(self, number: str) -> None:
        super().__init__(
            msg("The notice %(number)s has another buyer, kind or tax rate. Please issue an invoice of its own for it.", number=number)
        )


class OverNotice(BadInput):
    """More than the notices leave to be issued."""

    def __init__(self, rest: Decimal) -> None:
        super().__init__(
            fields={"amount": msg("Only %(rest)s of these notices is left to issue. Please lower the amount.", rest=shown(rest))}
        )


class NumberTaken(BadInput):
    """A number of the tax platform stands on one invoice only."""

    def __init__(self) -> None:
        super().__init__(fields={"tax_number": msg("Another invoice has this number already. Please check it.")})


class CannotVoid(Conflict):
    """Only a paper invoice of the present month is made void."""

    def __init__(self) -> None:
        super().__init__(msg("Only a paper invoice of this month can be made void. Please reverse it by a red-letter invoice instead."))


class ReversedAlready(Conflict):
    """An invoice is reversed in red once."""

    def __init__(self) -> None:
        super().__init__(msg("This invoice has been reversed by a red-letter invoice already, which is done only once."))


class OverInvoice(BadInput):
    """More than the invoice that is reversed."""

    def __init__(self, amount: Decimal) -> None:
        super().__init__(fields={"amount": msg("The invoice is only %(amount)s. Please lower the amount.", amount=shown(amount))})


class FileMissing(Conflict):
    """An electronic invoice is sent with its file."""

    def __init__(self) -> None:
        super().__init__(msg("Please attach the PDF, OFD or XML file of the electronic invoice first."))


class OverReceipt(BadInput):
    """More than what is left of a receipt (R-335)."""

    def __init__(self, rest: Decimal) -> None:
        super().__init__(fields={"amount": msg("Only %(rest)s of this receipt is left. Please lower the amount.", rest=shown(rest))})


class OverOpen(BadInput):
    """More than what is open of the contract, the part or the invoice (R-335)."""

    def __init__(self, rest: Decimal, of: Message) -> None:
        super().__init__(
            fields={"amount": msg("Only %(rest)s of the %(of)s is still open. Please lower the amount.", rest=shown(rest), of=of)}
        )


class ContractClosed(Conflict):
    """Money is allocated only to a contract that is signed and has not ended."""

    def __init__(self) -> None:
        super().__init__(msg("Receipts are allocated only to a contract that is signed and neither terminated nor void."))


class OtherCustomer(Conflict):
    """A receipt pays the contracts of its own customer."""

    def __init__(self) -> None:
        super().__init__(msg("The receipt belongs to another customer than this. Please check the receipt and what it pays."))


class ReceiptInUse(Conflict):
    """A receipt of which something was allocated or refunded keeps amount, day and customer."""

    def __init__(self) -> None:
        super().__init__(msg("Part of this receipt has been allocated or refunded. Please reverse its allocations first."))


class HasMoney(Conflict):
    """A contract with receipts, invoices or notices is not made void."""

    def __init__(self, what: Message) -> None:
        super().__init__(msg("%(what)s belong to this contract, so it cannot be made void. Please reverse them first.", what=what))
