"""Pages in a real browser: Chromium against the served application, on demo data, without a network."""
