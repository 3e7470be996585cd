"""Texts that people read, by code, in three languages, and the function that fills in their parameters."""

from app.messages.catalogue import Texts, parameters_of, text

__all__ = ["Texts", "parameters_of", "text"]
