"""What the package offers: which names, from where, and what importing it loads.

That modules import only what stands below them is held by import-linter (`lint-imports`, in pyproject.toml).
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import bce_lib

FUNCTIONS = {
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "binary_cross_entropy_hessian",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_with_logits",
    "entropy",
    "kl_divergence",
    "likelihood",
    "log_likelihood",
    "log_sigmoid",
    "log_softmax",
    "logit",
    "maximum_likelihood",
    "negative_log_likelihood",
    "sigmoid",
    "softmax",
    "softplus",
    "surprise",
}
SUBMODULES = {
    "accuracy": {
        "as_float64",
        "error_in_ulp",
        "exact_cross_entropy",
        "exact_function",
        "exact_gradient",
        "exact_gradient_of_probability",
        "exact_hessian",
        "exact_loss",
        "exact_loss_of_probability",
    },
    "adapters": set(),
    "audit": {"Check", "Finding", "Report", "audit", "checks"},
    "fused": {"loss", "loss_and_gradient"},
    "loop": {"binary_cross_entropy", "surprise"},
    "streaming": {"MeanLoss"},
    "vectorized": {"binary_cross_entropy"},
}
HEAVY = ["torch", "keras", "numba", "matplotlib", "scipy", "sklearn", "mpmath", "jax", "pandas", "dask", "tensorflow"]


def public(module: ModuleType) -> set[str]:
    names = getattr(module, "__all__", vars(module))
    return {name for name in names if not name.startswith("_") and not isinstance(vars(module)[name], ModuleType)}


def test_the_functions_at_the_top_are_these_and_each_is_documented():
    assert set(bce_lib.__all__) == FUNCTIONS | {"loop", "vectorized"}
    for name in FUNCTIONS:
        function = getattr(bce_lib, name)
        assert callable(function)
        assert "Examples\n" in function.__doc__


def test_the_public_submodules_are_these():
    found = {module.name for module in pkgutil.iter_modules(bce_lib.__path__) if not module.name.startswith("_")}
    assert found == set(SUBMODULES)


@pytest.mark.parametrize("name", SUBMODULES)
def test_a_submodule_offers_these_names(name):
    assert public(importlib.import_module(f"bce_lib.{name}")) == SUBMODULES[name]


def every_module() -> list[str]:
    return [
        module.name for module in pkgutil.walk_packages(bce_lib.__path__, "bce_lib.") if "__main__" not in module.name
    ]


@pytest.mark.parametrize("name", every_module())
def test_no_name_is_both_a_module_and_something_else(name):
    """So ``import bce_lib.x as x`` and ``from bce_lib import x`` are the same object, whichever came first."""
    if "adapters." in name:
        pytest.importorskip(name.rpartition(".")[2])
    module = importlib.import_module(name)
    parent, _, child = name.rpartition(".")
    assert getattr(importlib.import_module(parent), child) is module


@pytest.mark.parametrize(
    "use",
    [
        "pass",
        "bce_lib.binary_cross_entropy_with_logits([1, 0], [0.5, -1]); bce_lib.sigmoid(0.5); "
        "bce_lib.binary_cross_entropy_gradient([1], [0.5], where=[True]); bce_lib.softmax([1.0, 2.0])",
        "import bce_lib.accuracy, bce_lib.adapters, bce_lib.audit.cli, bce_lib.streaming",
    ],
    ids=["import", "use", "submodules"],
)
def test_nothing_heavy_is_loaded_by(use):
    code = f"import sys, bce_lib; {use}; print(*[name for name in {HEAVY} if name in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.split() == []
    assert process.stderr == ""
