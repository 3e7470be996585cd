"""The write path: what was reported, one at a time or many, kept in order by both clocks."""
