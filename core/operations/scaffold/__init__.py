"""``python app.py plugins new NAME``: a plugin with every room that it uses, which passes the conformance suite as it is.

Rooms that would be empty (``schemas``, ``templates``) are left out; its README says when to make them.
"""

from core.operations.scaffold.writing import Plan, write_distribution, write_plugin

__all__ = ["Plan", "write_distribution", "write_plugin"]
