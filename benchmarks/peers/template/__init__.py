"""The way of the full-stack FastAPI template: SQLModel, a session a request, `response_model`."""
