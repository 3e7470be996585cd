"""The page: the report as people read it, rendered by the server."""
