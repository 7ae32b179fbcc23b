"""The direction of imports, read from the source; and what importing the package loads, seen in a fresh process."""

import ast
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

import bce_lib

PACKAGE = Path(bce_lib.__file__).parent

# From what everything builds on to what builds on everything; modules of one line do not import each other, unless one
# stands before the other in it.
LAYERS = [
    ["validation"],
    ["elementwise"],
    ["sigmoid"],
    ["reduction", "samples"],
    ["logits", "probabilities"],
    ["gradient", "softmax"],
    ["loop", "vectorized", "likelihood", "entropy"],
    ["__init__"],
]
CORE = list(chain(*LAYERS))
ON_THE_CORE = {
    "accuracy",
    "datasets",
    "figures",
    "adapters",
    "audit",
    "command",
    "conformance",
    "fused",
    "pairs",
    "streaming",
}
CORE_MAY_IMPORT = {
    "__future__",
    "array_api_compat",
    "collections",
    "functools",
    "math",
    "numbers",
    "numpy",
    "operator",
    "sys",
    "typing",
}
HEAVY = ["torch", "keras", "numba", "matplotlib", "scipy", "sklearn", "mpmath", "jax", "pandas", "dask", "tensorflow"]


def imports(path: Path) -> set[str]:
    """Return the names of the modules that a file imports anywhere: ``numpy``, or ``bce_lib.sigmoid``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively: the name of the package says more"
            own = node.module == "bce_lib"
            names |= {f"bce_lib.{alias.name}" for alias in node.names} if own else {str(node.module)}
    return names


def own_imports(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("bce_lib.")}


def test_every_module_has_its_place():
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert modules == {*CORE, *(modules & ON_THE_CORE)}


@pytest.mark.parametrize("module", CORE)
def test_a_module_of_the_core_imports_only_what_stands_before_it(module):
    before = set(CORE[: CORE.index(module)])
    assert own_imports(PACKAGE / f"{module}.py") <= before


@pytest.mark.parametrize("module", CORE)
def test_the_core_needs_numpy_and_array_api_compat_and_nothing_else(module):
    outside = {name.split(".")[0] for name in imports(PACKAGE / f"{module}.py")} - {"bce_lib"}
    assert outside <= CORE_MAY_IMPORT


def test_what_stands_on_the_core_is_not_imported_by_it():
    for module in CORE:
        assert not own_imports(PACKAGE / f"{module}.py") & ON_THE_CORE


def test_what_stands_on_the_core_imports_it_through_the_modules_that_exist():
    files = [path for name in ON_THE_CORE for path in [PACKAGE / f"{name}.py", *(PACKAGE / name).glob("**/*.py")]]
    public = {*CORE, *ON_THE_CORE, *bce_lib.__all__}
    for path in filter(Path.is_file, files):
        assert own_imports(path) <= public, path


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, bce_lib; print(*[name for name in {HEAVY} if name in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.split() == []
    assert process.stderr == ""


def test_using_it_on_numpy_loads_nothing_heavy_either():
    code = (
        "import sys, bce_lib; bce_lib.binary_cross_entropy_with_logits([1, 0], [0.5, -1]); "
        f"bce_lib.binary_cross_entropy_gradient([1], [0.5], where=[True]); bce_lib.sigmoid(0.5); "
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.split() == []
    assert process.stderr == ""


def test_what_is_public_is_there_and_documented():
    for name in bce_lib.__all__:
        assert getattr(bce_lib, name).__doc__
