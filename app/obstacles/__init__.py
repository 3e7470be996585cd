"""Difficulties that units report, the agencies they are addressed to, and how long an answer takes."""
