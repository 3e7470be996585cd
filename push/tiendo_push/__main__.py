"""Runs the command, or says why this Python cannot: in words that even Python 2 reads, and never with exit code 1."""

import sys

OWN_FAILURE = 5

if sys.version_info < (3, 8):
    sys.stderr.write("tiendo-push: Python 3.8+ / can Python 3.8 tro len; %s\n" % sys.version.split()[0])
    sys.exit(OWN_FAILURE)
try:
    from tiendo_push.command import main
except Exception as error:  # noqa: BLE001 - a Python without ssl, a file cut off: whatever it is, nothing was sent
    sys.stderr.write("tiendo-push: %s\n" % error)
    sys.exit(OWN_FAILURE)
sys.exit(main())
