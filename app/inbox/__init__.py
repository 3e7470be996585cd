"""What waits for a unit: returned and overdue work, answers, and what others changed."""
