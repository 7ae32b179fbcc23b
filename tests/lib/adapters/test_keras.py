"""The drop-in for Keras on each of its backends, in a process of its own: Keras has one backend per process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engines import skip_without

TESTS = Path(__file__).with_name("keras_on_backend.py")
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


@pytest.mark.slow  # each imports a framework, and trains and compiles models on it
@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_the_drop_in_on(backend: str, subtests: pytest.Subtests, tmp_path: Path) -> None:
    """Each test that runs there is one here, by its name."""
    skip_without("keras", backend, "sklearn")
    report = tmp_path / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(TESTS)],
        env=os.environ | QUIET | {"KERAS_BACKEND": backend},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stdout + done.stderr
    cases = list(ElementTree.parse(report).iter("testcase"))
    assert len(cases) > 40
    for case in cases:
        with subtests.test(case.attrib["name"]):
            problems = [element for element in case if element.tag in ("failure", "error", "skipped")]
            assert not problems, problems[0].text
    assert done.returncode == 0, done.stdout


@pytest.mark.slow  # imports Keras and JAX
def test_importing_it_loads_no_backend_but_the_one_that_is_asked_for() -> None:
    skip_without("keras", "jax")
    code = "import sys, bce_lib.adapters.keras; print('torch' in sys.modules, 'tensorflow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]
