"""Questions about sales; each sees as far as the person who acts."""
