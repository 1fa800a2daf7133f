"""What can go wrong with products, each as one sentence."""

from __future__ import annotations

from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg


class NameTaken(BadInput):
    """Another product, product line or price list goes by that name already."""

    def __init__(self, field: str, name: str) -> None:
        super().__init__(fields={field: msg("“%(name)s” is the name or code of another one already. Please choose another.", name=name)})


class InUse(Conflict):
    """What other records name is not deleted."""

    def __init__(self) -> None:
        super().__init__(msg("Other records name this, so it cannot be deleted. Please take it off sale or end its validity instead."))
