"""The trail: who did what with which record, in the same transaction as the change itself (R-058, R-445)."""
