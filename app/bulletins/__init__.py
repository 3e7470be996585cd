"""Bulletins: progress as it was issued for a meeting, never altered, and whether later reports have changed it."""
