"""Contracts to look at, made by the project: nothing in here was ever agreed with anybody."""

from plugins.contracts.demo.making import make

__all__ = ["make"]
