"""Service requests and dispatch orders to look at."""

from plugins.service.demo.making import make

__all__ = ["make"]
