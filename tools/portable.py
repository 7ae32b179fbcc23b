"""Compare the notebooks with their stored outputs as if on other machines.

The last digit of a sum or an exponential depends on the processor's vector instructions, on the number of threads and
on the order of a hash table. Here the libraries are told to do without the newer instructions, so that what holds
nowhere else shows up at once: a digit that does not hold is not printed.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time

import numpy as np


def machines() -> dict[str, dict[str, str]]:
    """Return the environments to run under, by name."""
    shared = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    hashes = {"another hash seed": shared | {"PYTHONHASHSEED": "20261122"}}
    if platform.machine() not in ("x86_64", "AMD64"):
        return hashes
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    dispatched = [*simd.get("found", []), *simd.get("not found", [])]  # what NumPy can be told to do without
    newest = [feature for feature in dispatched if feature == "X86_V4" or feature.startswith("AVX512")]
    return hashes | {
        "x86-64 without AVX-512": shared
        | {
            "PYTHONHASHSEED": "1",
            "NPY_DISABLE_CPU_FEATURES": " ".join(newest),
            "ATEN_CPU_CAPABILITY": "avx2",
            "OPENBLAS_CORETYPE": "Haswell",
            "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
        },
        "x86-64 without AVX2": shared
        | {
            "PYTHONHASHSEED": "2",
            "NPY_DISABLE_CPU_FEATURES": " ".join(dispatched),
            "ATEN_CPU_CAPABILITY": "default",
            "OPENBLAS_CORETYPE": "Nehalem",
            "XLA_FLAGS": "--xla_cpu_max_isa=AVX",  # with less, JAX does not compile float16
        },
    }


def main(notebooks: list[str]) -> int:
    """Run nbval under each environment; return 0 if every comparison held under all of them."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope", "--nbval", "-W", "default"]
    outcomes = {}
    for name, environment in machines().items():
        print(f"== {name}: {' '.join(f'{key}={value!r}' for key, value in environment.items())}", flush=True)
        start = time.monotonic()
        status = subprocess.run([*command, *notebooks], env=os.environ | environment, check=False).returncode
        verdict = "every output holds" if status == 0 else "OUTPUTS DIFFER"
        outcomes[name] = f"{verdict} ({time.monotonic() - start:.0f} s)"
    print(*(f"{name}: {outcome}" for name, outcome in outcomes.items()), sep="\n")
    return int(any("DIFFER" in outcome for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
