"""Texts that people read, by code, in three languages, and the functions that fill in their parameters.

Complaints are in `values.py` (about fields, wherever they come from), `requests.py`, `import_rows.py` and
`import_files.py`; what else a request is refused with in `refusals.py`; the title and the help of each kind of problem
in `problems.py`; words that stand within other texts in `terms.py`.
"""

from app.messages.sentences import Sentence, say, written
from app.messages.texts import COMPLAINTS, Texts, parameters_of, text

__all__ = ["COMPLAINTS", "Sentence", "Texts", "parameters_of", "say", "text", "written"]
