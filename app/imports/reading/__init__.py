"""Bytes to typed rows, in a child process that imports the standard library alone."""
