"""Sales to look at, made by the project: no name in here belongs to anybody."""

from plugins.sales.demo.making import make

__all__ = ["make"]
