"""Stored classes of the organisation: its structure, and what a company sets for itself."""

from core.organisation.models.handing_over import Handover, HandoverPart
from core.organisation.models.settings import CodeEntry, CompanyDay, Parameter
from core.organisation.models.structure import Company, Department, DepartmentLeader, DepartmentPath, Duty, Employee

__all__ = [
    "CodeEntry",
    "Company",
    "CompanyDay",
    "Department",
    "DepartmentLeader",
    "DepartmentPath",
    "Duty",
    "Employee",
    "Handover",
    "HandoverPart",
    "Parameter",
]
