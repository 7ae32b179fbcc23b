"""The audit: a right loss passes every check, and a fault fails just the checks that it touches."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from bce_lib.audit import audit, checks
from faults import FAULTS, Fault, never_returns, passing, right, right_gradient, right_mean
from places import ROOT

NAMES = [check.name for check in checks]


RIGHT = {name: (loss, options) for name, loss, options in passing()}


@pytest.mark.parametrize("name", RIGHT)
def test_no_check_fails_a_right_loss(name):
    loss, options = RIGHT[name]
    report = audit(loss, time_limit=60, **options)
    assert report.passed, report


def test_every_check_applies_to_some_right_loss():
    reports = [audit(loss, **options) for loss, options in (RIGHT[name] for name in ("PyTorch", "probabilities"))]
    passed = {finding.check for report in reports for finding in report.findings if finding.status == "pass"}
    assert passed == set(NAMES)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_fails_the_checks_that_it_touches_and_no_others(fault: Fault):
    report = audit(fault.loss, **({"gradient": right_gradient} if not fault.options else {}), **fault.options)
    assert {finding.check for finding in report.failures} == fault.fails, report
    for finding in report.failures:
        assert finding.measured
        assert finding.why.endswith(".")
        assert (ROOT / finding.chapter).is_file()


@pytest.mark.parametrize("name", NAMES)
def test_every_check_has_a_fault_to_catch(name):
    assert any(name in fault.fails for fault in FAULTS.values())


def test_a_mean_is_probed_with_one_target_at_a_time():
    sizes = set()

    def watched(y, z):
        sizes.add(z.size)
        return right_mean(y, z)

    assert audit(watched, only=["loss-hard-float32"]).passed
    assert sizes == {1, 4}  # four, once, to find out what it returns


def test_what_does_not_answer_is_asked_nothing_else():
    report = audit(lambda y, z: None)
    assert report["answers"].status == "fail"
    assert {finding.status for finding in report.findings[1:]} == {"not applicable"}


def test_a_loss_that_hangs_is_given_up_and_its_thread_ends():
    before = threading.active_count()
    report = audit(never_returns, time_limit=0.3)
    assert report["answers"].measured == "does not return within 0.3 s"
    for thread in threading.enumerate()[before:]:
        thread.join(5)
    assert threading.active_count() == before


def test_after_two_checks_without_an_answer_the_others_are_not_asked():
    def hangs_on_many(y, z):
        while z.size != 12 and z.size != 4:
            pass
        return right(y, z)

    report = audit(hangs_on_many, time_limit=0.3)
    assert sum("does not return" in finding.measured for finding in report.findings) == 2
    assert "not asked: 2 checks ran out of time" in {finding.measured for finding in report.findings}


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"takes": "odds"}, "takes='odds' is unknown"),
        ({"order": "y, z"}, "order='y, z' is unknown"),
        ({"framework": "theano"}, "framework='theano' is unknown"),
        ({"only": "symetry"}, "there is no check 'symetry'; there are, for example, symmetry"),
    ],
)
def test_a_wrong_keyword_is_named(options, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        audit(right, **options)


@pytest.mark.parametrize("options", [{"loss": 3}, {"loss": right, "gradient": 3}])
def test_what_cannot_be_called_is_refused(options):
    with pytest.raises(TypeError, match="cannot be called: pass a function"):
        audit(**options)


def test_a_check_can_be_called_alone():
    finding = next(check for check in checks if str(check) == "symmetry")(right)
    assert (finding.check, finding.status) == ("symmetry", "pass")


def test_errors_of_numpy_that_the_caller_silenced_are_not_held_against_the_loss():
    fault = FAULTS["warns_of_overflow"].loss
    with np.errstate(all="ignore"):
        assert audit(fault, only="quiet").passed
    assert not audit(fault, only="quiet").passed
