"""Benchmarks: `python -m benchmarks --help`.

Everything runs on one thread, so that what is compared is the code and not the machine's load.
"""
import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["SRCGRAD_CACHE"] = "off"  # but where it is what is measured
