"""An audit of any implementation of binary cross-entropy, in any of the usual frameworks.

`audit` puts a loss through the checks that the book derives and returns a `Report`: one finding per check, with the
figure measured, the input that shows it, why it matters, and the chapter that explains it. The command ``bce-audit``
does the same from a shell. `checks` are the checks themselves, for a suite of one's own with one test per check.

The references are computed in 50 digits from the very numbers that the loss is given (:mod:`bce_lib.accuracy`). A loss
passes where it is right to ten units in the last place, one decimal digit; and whatever it does besides, raising,
printing, warning or never returning, becomes a finding and not a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bce_lib.audit._check import TIME_LIMIT, Check, subject_of
from bce_lib.audit._checks import CHECKS
from bce_lib.audit._frameworks import FrameworkName
from bce_lib.audit._inputs import Takes
from bce_lib.audit._report import Finding, Report
from bce_lib.audit._subject import Loss, Order

__all__ = ["Check", "Finding", "Report", "audit", "checks"]

checks = CHECKS
"""Every check, in the order of a report."""

_PATIENCE = 2  # checks that may run out of time before the others are not asked


def audit(
    loss: Loss,
    *,
    takes: Takes = "logits",
    order: Order = "y_true, prediction",
    framework: FrameworkName = "numpy",
    gradient: Loss | None = None,
    only: str | Sequence[str] | None = None,
    time_limit: float = TIME_LIMIT,
) -> Report:
    """Put an implementation of binary cross-entropy through every check.

    Parameters
    ----------
    loss : callable
        Called with two arrays of the framework, of one shape, and nothing else. It returns one loss per target, one
        per row, or one in all (a mean or a sum): which of them is found out.
    takes : {"logits", "probabilities"}
        What its predictions are.
    order : {"y_true, prediction", "prediction, y_true"}
        The order of its arguments; the second is that of PyTorch and optax.
    framework : {"numpy", "torch", "jax", "keras", "tensorflow"}
        Whose arrays it takes. The gradient is what the framework's automatic differentiation finds; ``"keras"`` is
        the backend that Keras runs on.
    gradient : callable, optional
        The derivative by the prediction of what the loss returns, called like the loss, to be checked in the place of
        the automatic one.
    only : str or sequence of str, optional
        The names of the checks to make; all of them if not given.
    time_limit : float
        Seconds that a check may take.

    Returns
    -------
    Report
        One finding per check.

    Raises
    ------
    TypeError
        If the loss or the gradient cannot be called.
    ValueError
        If a keyword or the name of a check is unknown.
    ModuleNotFoundError
        If the framework is not installed.

    References
    ----------
    The checks are those that the chapters of the book derive; each finding names its chapter.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_lib.audit import audit
    >>> def textbook(y, p):
    ...     return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    >>> report = audit(textbook, takes="probabilities")
    >>> print(report["tail-0"])
    ✗ tail-0              0 for 2.98e-08, lost from there on
        at y_true=0, prediction=2.98023224e-08 (float32)
        A loss that falls to 0 there cannot tell which of two sure models is the better.
        see notebooks/24_logits.ipynb
    >>> print(report.passed)
    False
    """
    chosen = _chosen(only)
    subject = subject_of(loss, takes, order, framework, gradient)
    findings: list[Finding] = []
    exhausted = 0
    for check in chosen:
        if findings and findings[0].check == "answers" and findings[0].status == "fail":
            finding = check.not_run("it does not answer a plain call")
        elif exhausted >= _PATIENCE:
            finding = check.not_run(f"not asked: {exhausted} checks ran out of time")
        else:
            finding = check.examine(subject, time_limit)
            exhausted += "does not return within" in finding.measured
        findings.append(finding)
    return Report(_name(loss), findings)


def _chosen(only: str | Sequence[str] | None) -> list[Check]:
    names = [check.name for check in checks]
    wanted = names if only is None else [only] if isinstance(only, str) else list(only)
    for name in wanted:
        if name not in names:
            near = get_close_matches(name, names) or names
            raise ValueError(f"there is no check {name!r}; there are, for example, {', '.join(near)}")
    return [check for check in checks if check.name in wanted]


def _name(loss: Loss) -> str:
    name = getattr(loss, "__qualname__", None)
    return f"{loss.__module__}.{name}" if name else repr(loss).splitlines()[0]
