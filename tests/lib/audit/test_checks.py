"""The checks: a right loss passes every one, and a fault fails just those that it touches, with the right diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from bce_lib.audit import _inputs as inputs
from bce_lib.audit import audit, checks
from chapters import ROOT
from engines import skip_without
from faults import FAULTS, Fault
from right_losses import RIGHT, right, right_gradient

NAMES = [check.name for check in checks]


@pytest.fixture(autouse=True, scope="module")
def _references_are_computed_once() -> Iterator[None]:
    """Keep the right answers in 50 digits, which are the same for every loss and take longest."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (name for name in vars(inputs) if name.startswith("exact_")):
            patch.setattr(inputs, name, kept(getattr(inputs, name)))
        yield


def kept(reference: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    known: dict[tuple[object, ...], np.ndarray] = {}

    def find(y: np.ndarray, predictions: np.ndarray, *options: float) -> np.ndarray:
        key = (y.tobytes(), predictions.tobytes(), *options)
        if key not in known:
            known[key] = reference(y, predictions, *options)
        return known[key].copy()

    return find


# JAX compiles an operation anew for every shape.
@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if "JAX" in n else n for n in RIGHT])
def test_no_check_fails_a_right_loss(name):
    loss, options = RIGHT[name]
    skip_without(options.get("framework", "numpy"))
    report = audit(loss, time_limit=60, **options)
    assert report.passed, report


def test_every_check_applies_to_some_right_loss():
    skip_without("torch")
    reports = [audit(loss, **options) for loss, options in (RIGHT[name] for name in ("PyTorch", "probabilities"))]
    passed = {finding.check for report in reports for finding in report.findings if finding.status == "pass"}
    assert passed == set(NAMES)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_fails_the_checks_that_it_touches_and_no_others(fault: Fault):
    skip_without(fault.options.get("framework", "numpy"))
    report = audit(fault.loss, **({"gradient": right_gradient} if not fault.options else {}), **fault.options)
    assert {finding.check for finding in report.failures} == fault.fails, report
    for finding in report.failures:
        assert finding.measured
        assert finding.why.endswith(".")
        assert (ROOT / finding.chapter).is_file()


def test_a_loss_that_answers_in_float32_is_not_judged_in_float64():
    def narrow(y, z):
        return right(y.astype(np.float32), z.astype(np.float32))

    report = audit(narrow, gradient=lambda y, z: right_gradient(y.astype(np.float32), z.astype(np.float32)))
    assert report.passed, report
    for name in ("loss-hard-float64", "loss-soft-float64", "gradient-float64"):
        assert report[name].status == "not applicable"
        assert report[name].measured == "it returns float32 for float64, so there is no float64 to judge"
    assert report["loss-hard-float32"].status == "pass"


@pytest.mark.parametrize("name", NAMES)
def test_every_check_has_a_fault_to_catch(name):
    assert any(name in fault.fails for fault in FAULTS.values())


# What a finding says


@pytest.mark.parametrize(
    ("loss", "mistake"),
    [
        (lambda y, z: -right(y, z), "the minus sign is missing"),
        (lambda y, z: right(1 - y, z), "the two terms are swapped"),
        (lambda y, z: right(y, z) / np.log(2), "base 2"),
        (lambda y, z: right(y, 1 / (1 + np.exp(-z))), "the sigmoid is taken twice"),
        (lambda y, z: right(y, -np.logaddexp(0, -z)), "taken for a logit"),
        (lambda y, z: y * np.logaddexp(0, -z), "the term of label 0 is missing"),
        (lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), "try order='prediction, y_true'"),
    ],
)
def test_the_usual_mistakes_are_named(loss, mistake):
    assert mistake in audit(loss, only="moderate")["moderate"].measured


def test_a_loss_of_logits_that_is_said_to_take_probabilities_is_recognised():
    report = audit(right, takes="probabilities", only="moderate")
    assert "try takes='logits'" in report["moderate"].measured


@pytest.mark.parametrize(
    ("clip", "named"), [(1e-7, "a clip at 1.0e-07"), (1e-15, "a clip at 1.0e-15"), (3e-5, "a clip at 3.0e-05")]
)
def test_a_clip_is_found_and_named(clip, named):
    def clipped(y, p):
        wide = np.clip(p.astype(np.float64), clip, 1 - clip)
        return -(y * np.log(wide) + (1 - y) * np.log(1 - wide))

    finding = audit(clipped, takes="probabilities", only="saturation")["saturation"]
    assert finding.status == "fail"
    assert named in finding.measured
    assert finding.value == pytest.approx(-np.log(clip), rel=1e-3)
