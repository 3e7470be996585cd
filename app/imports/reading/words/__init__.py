"""The words of a file in three languages: its headers, and its statuses."""
