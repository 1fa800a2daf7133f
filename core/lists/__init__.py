"""What people make of lists: saved views, which of them they pin or open first, and their columns."""
