"""The command of the provincial servers: sends a file of reports. The standard library alone, Python 3.8 or newer."""
