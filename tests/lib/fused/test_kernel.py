"""The compiled loop: its constants, its functions, and that its cache is no need."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

import bce_lib
from bce_lib.fused import _kernel as kernel

DTYPES = [np.float32, np.float64]


@pytest.mark.parametrize("constants", [kernel.FLOAT32, kernel.FLOAT64])
def test_the_constants_fit_together(constants):
    """Multiples of the first part of ln 2 are exact, both parts are ln 2, and nothing is left beyond the cutoff."""
    dtype = type(constants.one)
    finfo = np.finfo(dtype)
    steps = np.arange(int(constants.cutoff * constants.inverse_ln2) + 2)
    multiples = steps.astype(dtype) * constants.ln2_high
    assert [float(m) for m in multiples] == [int(k) * float(constants.ln2_high) for k in steps]
    both = float(constants.ln2_high) + float(constants.ln2_low)
    assert abs(both - np.log(2)) <= max(float(np.spacing(abs(constants.ln2_low))), np.spacing(np.log(2)))
    assert np.exp(-np.longdouble(constants.cutoff)) < np.longdouble(finfo.smallest_subnormal) / 2


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_functions_written_out_are_exp_and_log1p(dtype):
    m = np.linspace(0, 80, 2001).astype(dtype)
    e = np.array([kernel.exp_negative(value) for value in m])
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(e, np.exp(-m.astype(np.longdouble)).astype(float), rtol=eps)
    np.testing.assert_allclose([kernel.log1p_unit(value) for value in e], np.log1p(e.astype(float)), rtol=eps)
    assert np.isnan(kernel.exp_negative(dtype(np.nan)))
    assert kernel.exp_negative(dtype(np.inf)) == 0


ARRAY = np.arange(5, dtype=np.float32)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (kernel.constants_of, (np.float32(3),)),
        (kernel.constants_of, (np.float64(3),)),
        (kernel.checked, (np.float64(3), np.float32(0))),
        (kernel.checked, (np.int64(2), np.float32(3))),
        (kernel.item, (ARRAY, 2)),
        (kernel.item, (np.float32(3), 2)),
        (kernel.part_of, (ARRAY, 1, 3)),
        (kernel.part_of, (None, 1, 3)),
    ],
)
def test_what_depends_on_the_type_is_the_same_to_python_and_to_numba(function, arguments):
    call = {1: lambda a: function(a), 2: lambda a, b: function(a, b), 3: lambda a, b, c: function(a, b, c)}
    np.testing.assert_equal(numba.njit(call[len(arguments)])(*arguments), function(*arguments))


def run_elsewhere(tmp_path, setup, **environment):
    """Use the loss in a fresh process, from a copy of the package."""
    package = tmp_path / "bce_lib"
    if not package.exists():
        shutil.copytree(Path(bce_lib.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        f"{setup}\nfrom bce_lib import fused\nimport bce_lib\nprint(bce_lib.__file__, float(fused.loss([1.0], [0.0])))"
    )
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        | {"PYTHONDONTWRITEBYTECODE": "1"}
        | environment,
    )
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    path, value = process.stdout.split()
    assert Path(path).is_relative_to(tmp_path)
    assert float(value) == pytest.approx(np.log(2))
    return package


@pytest.mark.slow  # compiles the loop in a process of its own
def test_what_was_compiled_is_kept(tmp_path):
    package = run_elsewhere(tmp_path, "")
    kept = {path: path.stat().st_mtime_ns for path in package.rglob("*.nb[ci]")}
    assert kept
    run_elsewhere(tmp_path, "")
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*.nb[ci]")} == kept


@pytest.mark.slow  # compiles the loop in a process of its own
def test_it_works_where_no_cache_can_be_written(tmp_path):
    """Neither beside the module, nor in the user's folder: numba then says that it finds no place."""
    no_place = (
        "import numba.core.caching as c\n"
        "for each in c.CacheImpl._locator_classes: each.from_function = classmethod(lambda *_: None)"
    )
    package = run_elsewhere(tmp_path, no_place)
    assert not list(package.rglob("*.nb[ci]"))


@pytest.mark.slow  # compiles the loop in a process of its own
def test_it_works_where_writing_the_cache_fails(tmp_path):
    full = (
        "import numba.core.caching as c\n"
        "def fail(*_): raise OSError(28, 'No space left on device')\n"
        "c.IndexDataCacheFile.save = fail"
    )
    package = run_elsewhere(tmp_path, full)
    assert not list(package.rglob("*.nb[ci]"))
