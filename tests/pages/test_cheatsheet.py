"""The cheat sheet: its calls are right, its numbers too, and it prints on one page. Run `make book` first."""

from __future__ import annotations

import io
import re
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

import measuring
from bce_lib import (
    binary_cross_entropy_gradient,
    binary_cross_entropy_hessian,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    sigmoid,
    softplus,
)
from places import ROOT
from rendered import on

SHEET = (ROOT / "book" / "cheatsheet.md").read_text(encoding="utf-8")
LABELS, LOGITS = [1.0, 0.0, 1.0, 0.0], [2.0, -1.0, -0.5, 3.0]


def rows(section: str) -> dict[str, list[str]]:
    """Return the rows of the section's table: what stands first, and the other cells."""
    body = SHEET.split(f"## {section}\n")[1].split("\n## ")[0]
    cells = [re.split(r" \| ", line.strip("| ")) for line in body.splitlines() if line.startswith("| ")]
    return {first: rest for first, *rest in cells[2:]}


def code(cell: str) -> str:
    found = re.findall(r"`([^`]+)`", cell)
    assert found, cell
    return str(found[0])


def names(framework: str) -> dict[str, Any]:
    """Return what the calls of a framework are made of: its functions, and labels y and logits z of its own kind."""
    y, z = np.array(LABELS), np.array(LOGITS)
    if framework == "PyTorch":
        import torch

        return {"BCEWithLogitsLoss": torch.nn.BCEWithLogitsLoss, "y": torch.tensor(y), "z": torch.tensor(z)}
    if framework == "Keras":
        import keras

        return {"BinaryCrossentropy": keras.losses.BinaryCrossentropy, "y": y[:, None], "z": z[:, None]}
    if framework == "TensorFlow":
        import tensorflow as tf

        return {"sigmoid_cross_entropy_with_logits": tf.nn.sigmoid_cross_entropy_with_logits, "y": y, "z": z}
    if framework == "JAX, optax":
        import optax

        return {
            "sigmoid_binary_cross_entropy": optax.sigmoid_binary_cross_entropy,
            "y": jnp.array(y),
            "z": jnp.array(z),
        }
    if framework == "scikit-learn":
        from sklearn.metrics import log_loss

        return {"log_loss": log_loss, "y": y, "p": 1 / (1 + np.exp(-z))}
    if framework == "NumPy, SciPy":
        from scipy.special import log_expit

        return {"log_expit": log_expit, "y": y, "z": z}
    if framework == "classes":
        import torch

        pair = torch.stack((torch.zeros(y.size), torch.tensor(z, dtype=torch.float32)), dim=1)
        return {"CrossEntropyLoss": torch.nn.CrossEntropyLoss, "y": torch.tensor(y).long(), "z": pair}
    assert framework == "`bce_lib`", framework
    return {"binary_cross_entropy_with_logits": binary_cross_entropy_with_logits, "y": y, "z": z}


@pytest.mark.parametrize("framework", rows("Which function"))
def test_the_call_is_the_loss(framework: str) -> None:
    loss = eval(code(rows("Which function")[framework][0]), names(framework))
    assert float(np.mean(np.asarray(loss))) == pytest.approx(
        float(binary_cross_entropy_with_logits(LABELS, LOGITS)), rel=1e-6
    )


def test_the_formulas_are_the_functions() -> None:
    y, z = np.array([1.0, 0.0, 0.3, 0.3]), np.array([2.0, 3.0, -0.5, 0.0])
    m = abs(z)
    t = np.exp(-m)
    c = np.where(z >= 0, 1 - y, y)
    loss, gradient, second = (
        rows("Formulas")[name][1] for name in ("loss of a logit", "gradient in $z$", "second derivative in $z$")
    )
    assert loss == r"$c\,m + \operatorname{log1p}(t)$"
    assert c * m + np.log1p(t) == pytest.approx(binary_cross_entropy_with_logits(y, z, reduction="none"), rel=1e-14)
    assert gradient == r"$(1-y)\,\sigma(z) - y\,\sigma(-z)$"
    assert (1 - y) * sigmoid(z) - y * sigmoid(-z) == pytest.approx(
        binary_cross_entropy_gradient(y, z, reduction="none"), rel=1e-14
    )
    assert second == r"$t / (1 + t)^2$, at most $\frac14$"
    hessian = binary_cross_entropy_hessian(y, z, reduction="none")
    assert t / (1 + t) ** 2 == pytest.approx(hessian, rel=1e-14)
    assert max(hessian) == 1 / 4


def test_the_losses_of_the_two_labels_are_one_function() -> None:
    for call, label in zip(rows("Formulas")["… of label 1, of label 0"][1].split(", "), (1.0, 0.0), strict=True):
        losses = eval(code(call), {"softplus": softplus, "z": np.array(LOGITS)})
        expected = binary_cross_entropy_with_logits([label] * len(LOGITS), LOGITS, reduction="none")
        assert losses == pytest.approx(expected, rel=1e-14)


def test_the_line_for_probabilities_is_the_loss() -> None:
    from scipy.special import xlog1py, xlogy

    p = 1 / (1 + np.exp(-np.array(LOGITS)))
    line = code(rows("Formulas")["loss of a probability"][1])
    losses = eval(line, {"xlogy": xlogy, "xlog1py": xlog1py, "y": np.array(LABELS), "p": p})
    assert losses.mean() == pytest.approx(float(binary_cross_entropy_with_logits(LABELS, LOGITS)), rel=1e-14)


def test_the_loss_of_many_classes_is_computed_from_the_gaps() -> None:
    written = r"$g_k + \operatorname{log1p} \sum e^{-g_j}$, gaps $g_j = \max z - z_j$, largest left out"
    assert rows("Formulas")["$K$ classes, label $k$"][1] == written
    gaps = max(LOGITS) - np.array(LOGITS)
    others = np.delete(gaps, np.argmax(LOGITS))
    for c, gap in enumerate(gaps):
        expected = float(cross_entropy_with_logits(c, LOGITS, class_axis=-1))
        assert gap + np.log1p(np.exp(-others).sum()) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", ["bfloat16", "float16", "float32", "float64"])
def test_the_numbers_of_a_format_are_its_own(name: str) -> None:
    limits = jnp.finfo(name)
    t = limits.nmant + 1
    smallest = limits.minexp - limits.nmant  # the exponent of the smallest number; half of it is rounded to 0
    expected = [float(limits.max), 2.0**-t, np.log(2.0 ** (t + 1) - 1), (1 - smallest) * np.log(2)]
    for cell, value in zip(rows("Formats")[f"`{name}`"], expected, strict=True):
        decimals = len(cell.partition(".")[2].partition("e")[0])
        assert cell == (
            f"{value:.{decimals}e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
            if "e" in cell
            else f"{value:.{decimals}f}"
        )


@on("book/cheatsheet")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_prints_on_one_page_of_a4(page: Page, theme: str) -> None:
    measuring.switch(page, theme)
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    width, height = (float(side) / 72 * 25.4 for side in printed.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    text = printed.pages[0].extract_text()
    assert "Cheat sheet" in text
    assert "745.1" in text
