"""Texts that people read, by code, in three languages, and the functions that fill in their parameters."""

from app.messages.catalogue import COMPLAINTS, Texts, parameters_of, text
from app.messages.said import Said, say, written

__all__ = ["COMPLAINTS", "Said", "Texts", "parameters_of", "say", "text", "written"]
