"""The demonstration: a June 2025 that could have been, and that comes out at the report of 27 June to the digit."""
