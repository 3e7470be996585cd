"""The description of the interface: what FastAPI derives from the routes, completed for readers and generators."""

from app.openapi.document import describe

__all__ = ["describe"]
