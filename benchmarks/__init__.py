"""Benchmarks: `python -m benchmarks --help`.

Linear algebra runs on one thread, so that what is compared is the code and not the machine's load.
"""
import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
