"""Everything derived that is stored, compared with the history, and stored anew where it differs."""
