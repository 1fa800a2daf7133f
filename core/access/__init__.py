"""Who may do what with which records: rights as data, scopes, the record guard, sign-in and sessions."""
