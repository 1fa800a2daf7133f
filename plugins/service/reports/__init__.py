"""What service shows elsewhere: on records, on their timelines, on the desk."""
