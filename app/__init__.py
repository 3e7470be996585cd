"""Tiến Độ: who has to do what for a reform, what was reported when, and how far everybody is."""
