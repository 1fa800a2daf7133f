"""What holds for sales whatever the database: states, sums, what stands still."""
