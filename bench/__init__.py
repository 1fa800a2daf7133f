"""What is measured, and how: the pages of Keguan and of a vanilla Flask-AppBuilder over the same table, in turns, in one run.

``python -m bench`` prints a table and writes ``build/bench.json`` and ``docs/explanation/figures.md``. The machine matters to the
milliseconds; the ratio between the two columns, taken in turns within the same minutes, much less.
"""
