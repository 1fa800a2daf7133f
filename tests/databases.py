"""Databases for tests; authors of plugins use the same."""

from core.testing.databases import NAME, SERVER, Files, Server, Store

__all__ = ["NAME", "SERVER", "Files", "Server", "Store"]
