"""Reports: the progress of a moment as a document in four formats."""
