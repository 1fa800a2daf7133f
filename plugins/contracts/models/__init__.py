"""Stored classes of this plugin."""

from plugins.contracts.models.contract import Contract
from plugins.contracts.models.data_return import DataReturn
from plugins.contracts.models.line import ContractLine

__all__ = ["Contract", "ContractLine", "DataReturn"]
