"""Files: readers (bytes to rows), the plan (rows to reports and complaints), the service (plan to database)."""
