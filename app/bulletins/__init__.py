"""Bulletins: what was said at the meeting, never altered, and whether it was overtaken since."""
