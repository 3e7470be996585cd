"""Texts that people read, by code, in three languages, and the functions that fill in their parameters.

Of complaints: `values.py` about fields wherever they come from, `requests.py` about requests, `import_rows.py` and
`import_files.py` about files. `refusals.py` has what else a request is refused with, `problems.py` the title and the help
of each kind of problem, `terms.py` words that stand within other texts.
"""

from app.messages.texts import COMPLAINTS, Texts, parameters_of, text
from app.messages.sentences import Sentence, say, written

__all__ = ["COMPLAINTS", "Sentence", "Texts", "parameters_of", "say", "text", "written"]
