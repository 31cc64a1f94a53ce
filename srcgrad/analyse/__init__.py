"""Facts about a NORMAL function. Nothing here edits code; results are immutable and keyed by statement."""
