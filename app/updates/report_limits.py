"""How long the parts of a report may be, for JSON and for files, whose reader imports the standard library alone."""

import re

MAX_CODE = 64
MAX_NOTE = 4000
MAX_LINK = 2000
MAX_LINKS = 20
MAX_DOCUMENT_NUMBER = 100

NOT_IN_A_LINK = re.compile(r'[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069<>"]')
"""What ends an address, cannot be seen in it, or changes the direction in which the text around it is read."""
