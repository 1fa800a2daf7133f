"""The cellar: errors, words, money, clock, choices, life cycles and who is acting. Knows only Python and small libraries."""
