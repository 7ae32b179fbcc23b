"""All findings of a survey as one table of HTML: a row per loss, which opens to what each check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from bce_book.zoo.peers import Peer
from bce_lib.audit import Report
from bce_lib.audit._report import SYMBOLS, Finding


@dataclass(frozen=True)
class Findings:
    """The findings of a survey, as Jupyter shows them; the book's page adds a filter.

    Attributes
    ----------
    reports : mapping of Peer to Report
        What :func:`survey` returned.

    Examples
    --------
    >>> from bce_book.zoo import PEERS, Findings, survey
    >>> reports = survey([peer for peer in PEERS if peer.name == "logaddexp(0,z) − zy"], progress=False)
    >>> Findings(reports)
    1 loss, 10 failures
    """

    reports: Mapping[Peer, Report]

    def __repr__(self) -> str:
        """Return how much there is, for where HTML is not shown."""
        losses, failures = len(self.reports), sum(len(report.failures) for report in self.reports.values())
        return f"{losses} loss{'es' * (losses != 1)}, {failures} failure{'s' * (failures != 1)}"

    def _repr_html_(self) -> str:
        rows = "\n".join(_row(peer, report) for peer, report in self.reports.items())
        head = '<tr><th scope="col">loss</th><th scope="col">failed</th><th scope="col">what the checks found</th></tr>'
        return f'<table class="findings">\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>'


def _row(peer: Peer, report: Report) -> str:
    asked = [finding for finding in report.findings if finding.status != "not applicable"]
    names = ", ".join(finding.check for finding in report.failures) or "none failed"
    items = "".join(map(_item, sorted(asked, key=lambda finding: finding.status != "fail")))
    return (
        f'<tr data-family="{escape(peer.family)}"><th scope="row">{escape(str(peer))}</th>'
        f"<td>{len(report.failures)} of {len(asked)}</td>"
        f"<td><details><summary>{names}</summary><ul>{items}</ul></details></td></tr>"
    )


def _item(finding: Finding) -> str:
    words = f": {escape(finding.measured)}" if finding.status == "fail" else ""
    place = f" at <code>{escape(finding.input)}</code>" if words and finding.input else ""
    sign = SYMBOLS[finding.status]
    return f'<li data-check="{finding.check}" data-status="{finding.status}">{sign} {finding.check}{words}{place}</li>'
