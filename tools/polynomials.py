"""Print the coefficients that stand in ``bce_lib/fused/_kernel.py``, with the error that each set has."""

from __future__ import annotations

import numpy as np

from bce_book.polynomials import PROBLEMS, SIZES, coefficients, largest_error


def main() -> None:
    """Print the tables."""
    for name, problem in PROBLEMS.items():
        for dtype in (np.float32, np.float64):
            found = coefficients(problem, SIZES[name][dtype.__name__], dtype)
            off = largest_error(problem, found) / (np.finfo(dtype).eps / 2)
            print(f"{name}, {dtype.__name__}: off by at most {off:.2f} units of {np.finfo(dtype).eps / 2:.3g}")
            print("".join(f"        {c!s},\n" for c in found))


if __name__ == "__main__":
    main()
