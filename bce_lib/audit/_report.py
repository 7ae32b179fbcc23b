"""What an audit found, as text, as a table for a notebook, as Markdown and as JSON."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TextIO

Status = Literal["pass", "fail", "not applicable"]

SYMBOLS = {"pass": "✓", "fail": "✗", "not applicable": "–"}
_COLOURS = {"pass": "\033[32m", "fail": "\033[1;31m", "not applicable": "\033[2m"}
_PLAIN = "\033[0m"


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : str
        The name of the check.
    status : {"pass", "fail", "not applicable"}
        The outcome.
    measured : str
        The figure measured; for a check that does not apply, why.
    input : str
        The input that shows it, or nothing.
    why : str
        Why it matters, in a sentence.
    chapter : str
        The chapter of the book that explains it, as a path in the repository.
    value : float or None
        The figure alone, where there is one: errors in ulp, the cap of a clip.
    """

    check: str
    status: Status
    measured: str
    input: str
    why: str
    chapter: str
    value: float | None = None

    def __str__(self) -> str:
        """Return the outcome in a line, and for a failure what shows it and why it matters below."""
        return self.to_text()

    def to_text(self, colour: bool = False) -> str:
        """Return the same, in colour for a terminal if wanted."""
        before, after = (_COLOURS[self.status], _PLAIN) if colour else ("", "")
        line = f"{before}{SYMBOLS[self.status]} {self.check:<19}{after} {self.measured}"
        if self.status != "fail":
            return line
        shown = [f"at {self.input}"] if self.input else []
        return "\n".join([line, *(f"    {text}" for text in (*shown, self.why, f"see {self.chapter}"))])


class Report:
    """The findings of an audit, one a check.

    Printed, it is coloured on a terminal (``NO_COLOR`` is respected); in a notebook it is a table.

    Attributes
    ----------
    loss : str
        The name of the loss.
    findings : list of Finding
        In the order of the checks; ``report["symmetry"]`` is that of one check.
    passed : bool
        Whether no check failed.
    failures : list of Finding
        Those that did.
    """

    def __init__(self, loss: str, findings: Iterable[Finding]) -> None:
        self.loss = loss
        self.findings = list(findings)

    @property
    def failures(self) -> list[Finding]:
        """Return the findings that are failures."""
        return [finding for finding in self.findings if finding.status == "fail"]

    @property
    def passed(self) -> bool:
        """Tell whether no check failed."""
        return not self.failures

    def __getitem__(self, check: str) -> Finding:
        """Return the finding of the check of that name."""
        for finding in self.findings:
            if finding.check == check:
                return finding
        raise KeyError(f"{check!r} is not among the findings: {', '.join(f.check for f in self.findings)}")

    def _summary(self) -> str:
        counts = {status: sum(f.status == status for f in self.findings) for status in SYMBOLS}
        return ", ".join(f"{count} {_PLURAL[status]}" for status, count in counts.items())

    def __str__(self) -> str:
        """Return the report as text, in colour where standard output is a terminal."""
        return self.to_text(colour=in_colour(sys.stdout))

    __repr__ = __str__

    def to_text(self, colour: bool = False) -> str:
        """Return the report as text, in colour for a terminal if wanted."""
        lines = [f"Audit of {self.loss}", *(finding.to_text(colour) for finding in self.findings), self._summary()]
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """Return the findings as a table in Markdown."""
        rows = [
            [f.check, f"{SYMBOLS[f.status]} {f.status}", f.measured, f.input, f.why, f.chapter] for f in self.findings
        ]
        cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
        columns = ["check", "status", "measured", "input", "why it matters", "chapter"]
        head = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
        title = f"Audit of `{self.loss}`: {self._summary()}".replace("\n", " ")
        return "\n".join([title, "", *head, *(f"| {' | '.join(row)} |" for row in cells)])

    def to_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold; a figure that is not finite is ``None``."""
        return {"loss": self.loss, "passed": self.passed, "findings": [_plain(finding) for finding in self.findings]}

    def to_json(self) -> str:
        """Return the report as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Return the report that `to_json` wrote."""
        data = json.loads(text)
        return cls(data["loss"], (Finding(**finding) for finding in data["findings"]))

    def _repr_html_(self) -> str:
        titles = ("check", "measured", "why it matters")
        head = "".join(f"<th style='text-align: left'>{title}</th>" for title in titles)
        return (
            f"<table><caption>Audit of {escape(self.loss)}: {escape(self._summary())}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, self.findings))}</tbody></table>"
        )


def _row(finding: Finding) -> str:
    """Return a row of the table: what shows a failure, and why it matters, where there is one."""
    name, measured, why = f"{SYMBOLS[finding.status]} {escape(finding.check)}", escape(finding.measured), ""
    if finding.status == "fail":
        name = f"<strong>{name}</strong>"
        measured += f"<br><small>at {escape(finding.input)}</small>" if finding.input else ""
        why = f"{escape(finding.why)} {_link(finding.chapter)}"
    cells = "".join(f"<td style='text-align: left; vertical-align: top'>{cell}</td>" for cell in (name, measured, why))
    return f"<tr>{cells}</tr>"


def in_colour(stream: TextIO) -> bool:
    """Tell whether what is written to a stream should be coloured: on a terminal, unless ``NO_COLOR`` is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


_PLURAL = {"pass": "passed", "fail": "failed", "not applicable": "not applicable"}


def _plain(finding: Finding) -> dict[str, Any]:
    value = finding.value
    return {
        "check": finding.check,
        "status": finding.status,
        "measured": finding.measured,
        "value": value if value is not None and math.isfinite(value) else None,
        "input": finding.input,
        "why": finding.why,
        "chapter": finding.chapter,
    }


def _link(chapter: str) -> str:
    """Link to the chapter from another page of the rendered book, or from another notebook beside it."""
    page = chapter.removesuffix(".ipynb") + ".html"
    return f'<a href="../{escape(page, quote=True)}">{escape(chapter)}</a>'
