"""The coefficients of the compiled loop are those that the search finds."""

import numpy as np
import pytest

from bce_book import polynomials
from bce_lib.fused import _kernel as kernel


@pytest.mark.parametrize("constants", [kernel.FLOAT32, kernel.FLOAT64])
@pytest.mark.parametrize("name", ["exp", "log1p"])
def test_the_coefficients_are_those_of_the_script(name, constants):
    dtype, problem = type(constants.one), polynomials.PROBLEMS[name]
    found = polynomials.coefficients(problem, polynomials.SIZES[name][dtype.__name__], dtype)
    assert list(getattr(constants, name)) == found
    assert polynomials.largest_error(problem, found) < 0.15 * np.finfo(dtype).eps / 2
