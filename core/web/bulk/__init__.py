"""One verb for many records: asked for above a list, run record by record through the noun's own verb, and taken back in one step."""
