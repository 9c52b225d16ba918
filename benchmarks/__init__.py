"""Speed, measured side by side with named peers: `python -m benchmarks`.

Everything is held to one thread. The variables must be set before NumPy and numba are first imported.
"""

import os

for _name in (
    "OMP_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
):
    os.environ[_name] = "1"
