"""The audit as a whole: what it asks, what it does with a loss that hangs, and which keywords it takes."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from bce_lib.audit import audit, checks
from faults import FAULTS, never_returns
from right_losses import right, right_mean


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
            time.sleep(0.001)
        return right(y, z)

    report = audit(hangs_on_many, time_limit=1)
    assert sum("does not return" in finding.measured for finding in report.findings) == 2
    assert "not asked: 2 checks ran out of time" in {finding.measured for finding in report.findings}


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
