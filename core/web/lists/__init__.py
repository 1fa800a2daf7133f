"""What stands around the rows of every list: saved views, conditions, columns, groups. Generic from the declaration of the noun."""
