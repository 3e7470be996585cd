"""Texts that people read, by code, in three languages, and the functions that fill in their parameters."""

from app.messages.catalogue import COMPLAINTS, Texts, parameters_of, text
from app.messages.sentences import Sentence, say, written

__all__ = ["COMPLAINTS", "Sentence", "Texts", "parameters_of", "say", "text", "written"]
