"""What a cell says: its text, its moment, its links."""
