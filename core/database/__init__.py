"""Records and how they are stored: strict declarative base, field declarations, references, sessions, numbering, search."""
