"""Work that is not a page: jobs, notices, attachments, and files of rows that are read in."""
