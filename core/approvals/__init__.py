"""One approval engine for every kind of document: chains as data, separation of filler, reviewer and approver, inbox (R-062, R-370)."""
