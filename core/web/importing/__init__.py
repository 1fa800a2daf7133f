"""Bringing files in on pages: upload, map, try, commit, report."""
