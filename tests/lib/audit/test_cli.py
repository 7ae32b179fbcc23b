"""The command ``bce-audit``, as a shell runs it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bce_lib.audit import checks
from chapters import ROOT
from engines import skip_without

BINARY = Path(sys.executable).with_name("bce-audit")
TORCH = ["--framework", "torch", "--order", "prediction, y_true"]
README = ROOT / "README.md"
OURS = "bce_lib:binary_cross_entropy_with_logits"

MODULE = """
import ctypes, sys

class Loss:
    def __call__(self, y, z):
        from bce_lib import binary_cross_entropy_with_logits
        return binary_cross_entropy_with_logits(y, z)

class Needs:
    def __init__(self, clip):
        pass

def prints(y, z):
    print("from Python")
    ctypes.CDLL(None).puts(b"from C")
    return Loss()(y, z)

def gradient(y, z):
    from bce_lib import binary_cross_entropy_gradient
    return binary_cross_entropy_gradient(y, z)
"""


def run(*arguments, cwd=None, **environment):
    command = [str(BINARY), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=os.environ | environment)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


@pytest.mark.slow  # another process imports PyTorch
def test_pytorchs_asymmetric_tail_is_among_its_findings_and_the_status_is_1():
    skip_without("torch")
    done = run("torch.nn.functional:binary_cross_entropy_with_logits", *TORCH)
    assert done.returncode == 1
    findings = {line.split()[1]: line for line in done.stdout.splitlines() if line.startswith(("✓", "✗"))}
    shown = README.read_text(encoding="utf-8").partition("$ bce-audit")[2].partition("```")[0]
    assert done.args[1:] == shlex.split(shown.splitlines()[0])
    assert shown.partition("…\n")[2].partition("…")[0] in done.stdout
    assert findings["tail-1"].startswith("✓")
    assert findings["tail-0"].startswith("✗")
    assert findings["symmetry"].startswith("✗")
    assert findings["gradient-float32"].startswith("✗")
    assert "\033" not in done.stdout


# Slow where another process imports a framework; and JAX compiles an operation anew for every shape.
@pytest.mark.parametrize("framework", ["numpy", *(pytest.param(n, marks=pytest.mark.slow) for n in ("torch", "jax"))])
def test_ours_exits_with_0(framework):
    skip_without(framework)
    done = run(OURS, "--framework", framework, "--time-limit", "60")
    assert done.returncode == 0, done.stdout


def test_json_is_all_that_standard_output_holds_whatever_the_loss_prints(folder):
    done = run("mine:prints", "--json", "--only", "symmetry", "--only", "quiet", cwd=folder)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert data["loss"] == "mine:prints"
    assert {finding["check"]: finding["status"] for finding in data["findings"]} == {
        "quiet": "fail",
        "symmetry": "pass",
    }


def test_a_class_of_ones_own_folder_and_a_gradient_are_found(folder):
    done = run("mine:Loss", "--gradient", "mine:gradient", "--json", cwd=folder)
    statuses = {finding["check"]: finding["status"] for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 0
    assert statuses["gradient-float64"] == "pass"


def test_every_check_is_explained_in_a_line():
    done = run("--list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [check.name for check in checks]
    assert all(len(line) <= 120 for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a loss"),
        (["mine"], "'mine' names no function: write it as MODULE:FUNCTION"),
        (["nowhere:loss"], "'nowhere' cannot be imported"),
        (["mine:loss"], "'mine' has no 'loss'"),
        (["mine:sys.path"], "loss is a list, which cannot be called"),
        (["mine:Needs"], "cannot be made without arguments"),
        (["mine:Loss", "--order", "z, y"], "order='z, y' is unknown"),
        (["mine:Loss", "--only", "symetry"], "there is no check 'symetry'"),
        (["mine:Loss", "--framework", "theano"], "invalid choice: 'theano'"),
    ],
)
def test_what_cannot_be_run_says_why_and_exits_with_2(folder, arguments, message):
    done = run(*arguments, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_mpmath_the_checks_are_listed_and_an_audit_says_what_to_install(tmp_path):
    (tmp_path / "mpmath.py").write_text("raise ModuleNotFoundError(\"No module named 'mpmath'\", name='mpmath')")
    assert run("--list", PYTHONPATH=str(tmp_path)).stdout == run("--list").stdout
    done = run(OURS, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == "bce-audit: bce_lib.audit needs mpmath, which is not installed: pip install mpmath\n"
    assert done.stdout == ""


EXAMPLE = ROOT / "book" / "api" / "audit.md"


@pytest.mark.slow  # starts a pytest of its own
def test_the_example_of_a_suite_of_ones_own_runs_with_one_test_per_check(tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert f"{len(checks)} passed" in done.stdout or "skipped" in done.stdout, done.stdout
    assert done.returncode == 0, done.stdout
