"""Tests: `unit` without TensorFlow, `models` with it, `integration` with other processes, `e2e` with the whole bot."""

import os

# Before numpy is imported, here and in the processes that tests start. Several test processes share the cores, and a
# BLAS thread that waits for the next call spins: fitting a mixture took three times the CPU time with two threads.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
