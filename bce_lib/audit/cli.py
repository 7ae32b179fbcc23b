"""The command ``bce-audit``: point it at a loss, and read its exit status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from bce_lib.audit import audit, checks
from bce_lib.audit._report import in_colour

PASSED, FOUND, COULD_NOT_RUN = 0, 1, 2


class CannotRun(Exception):
    """There is nothing to audit, or nothing to audit it with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 if all pass, 1 if there are findings, 2 if it could not run."""
    options = _parser().parse_args(arguments)
    with _standard_output_kept_clean() as output:
        try:
            text, status = _list() if options.list else _audit(options, output)
        except CannotRun as error:
            print(f"bce-audit: {error}", file=sys.stderr)
            return COULD_NOT_RUN
        print(text, file=output)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bce-audit",
        description="Audit an implementation of binary cross-entropy.",
        epilog="Exit status: 0 if every check passes, 1 if there are findings, 2 if the audit could not run.",
    )
    parser.add_argument(
        "loss",
        nargs="?",
        metavar="MODULE:FUNCTION",
        help="what to audit, for example my_package.losses:bce; a class is made without arguments",
    )
    parser.add_argument("--takes", choices=("logits", "probabilities"), default="logits", help="what it predicts with")
    parser.add_argument(
        "--order",
        default="y_true, prediction",
        metavar="ORDER",
        help="the order of its arguments: 'y_true, prediction' (if not given) or 'prediction, y_true'",
    )
    parser.add_argument(
        "--framework",
        choices=("numpy", "torch", "jax", "keras", "tensorflow"),
        default="numpy",
        help="whose arrays it takes",
    )
    parser.add_argument("--gradient", metavar="MODULE:FUNCTION", help="its derivative by the prediction, if it has one")
    parser.add_argument("--only", action="append", metavar="CHECK", help="make this check alone; may be repeated")
    parser.add_argument("--time-limit", type=float, metavar="SECONDS", help="for each check, 10 if not given")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else, to standard output")
    parser.add_argument("--list", action="store_true", help="explain every check in a line")
    return parser


@contextmanager
def _standard_output_kept_clean() -> Iterator[TextIO]:
    """Send whatever a framework or a loss prints, from C as well, to standard error; yield the real output."""
    sys.stdout.flush()
    try:
        kept = os.dup(sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file, as under a test or in a notebook
        yield sys.stdout
        return
    with os.fdopen(kept, "w", encoding=sys.stdout.encoding) as output:
        os.dup2(2, 1)
        try:
            yield output
            output.flush()
        finally:
            sys.stdout.flush()
            os.dup2(output.fileno(), 1)


def _list() -> tuple[str, int]:
    width = max(len(check.name) for check in checks)
    return "\n".join(f"{check.name:<{width}}  {check.title}" for check in checks), PASSED


def _audit(options: argparse.Namespace, output: TextIO) -> tuple[str, int]:
    if options.loss is None:
        raise CannotRun("name a loss, as in `bce-audit my_package.losses:bce`, or see `bce-audit --help`")
    gradient = None if options.gradient is None else _load(options.gradient)
    loss = _load(options.loss)
    try:
        report = audit(
            loss,
            takes=options.takes,
            order=options.order,
            framework=options.framework,
            gradient=gradient,
            only=options.only,
            **({"time_limit": options.time_limit} if options.time_limit is not None else {}),
        )
    except (TypeError, ValueError, ModuleNotFoundError) as error:
        raise CannotRun(str(error)) from error
    report.loss = options.loss
    text = report.to_json() if options.json else report.to_text(colour=in_colour(output))
    return text, PASSED if report.passed else FOUND


def _load(target: str) -> Any:
    """Import ``module:function``, also from the folder that the command was called in."""
    module, colon, path = target.partition(":")
    if not (module and colon and path):
        raise CannotRun(f"{target!r} names no function: write it as MODULE:FUNCTION, for example my_package.losses:bce")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:
        raise CannotRun(f"{module!r} cannot be imported: {type(error).__name__}: {error}") from error
    for name in path.split("."):
        if not hasattr(found, name):
            raise CannotRun(f"{module!r} has no {path!r}")
        found = getattr(found, name)
    if isinstance(found, type):
        try:
            return found()
        except Exception as error:
            raise CannotRun(f"{target!r} is a class that cannot be made without arguments: {error}") from error
    return found
