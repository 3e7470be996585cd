"""Reports: the progress of a moment as the document that is read at the meeting."""
