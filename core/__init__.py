"""The host: everything that every plugin stands on, one floor above the other (``docs/explanation/design.md``)."""
