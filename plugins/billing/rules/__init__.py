"""What holds for invoices and money whatever the database."""
