"""Random programs over the accepted language, an independent oracle of dual numbers, and a minimiser.

`python -m tests.fuzz --help` runs them from the command line; `test_fuzz.py` runs a few hundred under pytest.
Nothing in `dual.py`, `dual_rules.py` and `shims.py` imports srcgrad: the oracle shares no code with what it tests.
"""
import os

os.environ.setdefault("SRCGRAD_CACHE", "off")  # a program that was compiled once is compiled again
