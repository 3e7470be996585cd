"""What those who run the service ask of its database: roles, comparison, backup, and what is wrong with it."""
