"""Settled moments: what was recorded up to one of them is all that ever will be."""

RECORDING_MOMENT = "greatest(clock_timestamp(), recording_floor() + interval '1 microsecond')"
"""SQL: the moment at which a statement records, by the database's clock and after every moment that was answered."""
