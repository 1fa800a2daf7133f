"""Customers to look at, made by the project: no name in here belongs to anybody."""

from plugins.customers.demo.making import make

__all__ = ["make"]
