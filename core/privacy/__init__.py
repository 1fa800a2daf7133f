"""What a company knows of a person: the dossier, its erasure with a certificate, legal hold, and how long it is kept (PIPL 45 to 47)."""
