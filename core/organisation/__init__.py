"""Companies, departments, employees and who leads whom."""
