"""Telling whoever watches that something moved: one event for all of them, made once."""
