"""What billing shows on other records, on the desk, and on pages of its own."""
