"""A package that is missing is named, with what installs it, wherever it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bce_lib._extras import require


def test_a_module_that_is_there_is_returned():
    assert require("math", "a test") is sys.modules["math"]
    assert require("collections.abc", "a test") is sys.modules["collections.abc"]


def test_a_package_that_is_missing_is_named_with_its_user_and_the_command():
    with pytest.raises(ModuleNotFoundError) as caught:
        require("no_such_package.inside", "bce_lib.something")
    assert str(caught.value) == (
        "bce_lib.something needs no_such_package, which is not installed: pip install no_such_package"
    )
    assert caught.value.name == "no_such_package"


def test_a_package_that_lacks_something_itself_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import no_such_package", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        require("half_installed", "bce_lib.something")


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("numba", "import bce_lib.fused"),
        ("torch", "import bce_lib.adapters.torch"),
        ("keras", "import bce_lib.adapters.keras"),
        ("mpmath", "from bce_lib.accuracy import exact_loss; exact_loss([1.0], [0.0])"),
        ("mpmath", "from bce_lib.audit import audit; audit(max)"),
        ("torch", "from bce_lib.audit import audit; audit(max, framework='torch')"),
        ("jax", "from bce_lib.audit import audit; audit(max, framework='jax')"),
    ],
)
def test_every_user_of_a_missing_package_says_so(package, use):
    code = f"import sys; sys.modules[{package!r}] = None; {use}"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = process.stderr.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: ")
    assert f"needs {package}, which is not installed: pip install {package}" in last
