"""Stored classes of this plugin."""

from plugins.contracts.models.contract import Contract
from plugins.contracts.models.data_return import DataReturn
from plugins.contracts.models.line import ContractLine
from plugins.contracts.models.oral_contract import OralContract
from plugins.contracts.models.scheduled_payment import ScheduledPayment
from plugins.contracts.models.supplement import Supplement

__all__ = ["Contract", "ContractLine", "DataReturn", "OralContract", "ScheduledPayment", "Supplement"]
