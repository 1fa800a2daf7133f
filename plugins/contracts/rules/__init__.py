"""What holds for contracts whatever the database."""

from plugins.contracts.rules.agreeing import (
    LIFECYCLE,
    MOST_LINES,
    OPEN,
    RUNNING,
    SIGNED,
    ContractState,
    amounts,
    contract_number,
    term_is_sound,
)
from plugins.contracts.rules.amending import SUPPLEMENT_CYCLE, SupplementState, supplement_number
from plugins.contracts.rules.paying import (
    ASKED_FOR,
    COUNTED,
    LAPSING,
    MOST_PARTS,
    PART_CYCLE,
    PAYABLE,
    WHOLE,
    PartState,
    ReleasedBy,
    shares_of,
    split,
    titles_of,
)
from plugins.contracts.rules.settings import PARAMETERS
from plugins.contracts.rules.speaking import ORAL_CYCLE, OralState

__all__ = [
    "ASKED_FOR",
    "COUNTED",
    "LAPSING",
    "LIFECYCLE",
    "MOST_LINES",
    "MOST_PARTS",
    "OPEN",
    "ORAL_CYCLE",
    "PARAMETERS",
    "PART_CYCLE",
    "PAYABLE",
    "RUNNING",
    "SIGNED",
    "SUPPLEMENT_CYCLE",
    "WHOLE",
    "ContractState",
    "OralState",
    "PartState",
    "ReleasedBy",
    "SupplementState",
    "amounts",
    "contract_number",
    "shares_of",
    "split",
    "supplement_number",
    "term_is_sound",
    "titles_of",
]
