"""The export gate on pages and over REST: asking, deciding, downloading."""
