"""``python app.py plugins new NAME``: a plugin with every room, which passes the conformance suite as it is."""

from core.operations.scaffold.writing import Plan, write_plugin

__all__ = ["Plan", "write_plugin"]
