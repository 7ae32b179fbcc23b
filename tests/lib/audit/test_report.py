"""The report: what it says, in each of its forms."""

from __future__ import annotations

import json

import pytest

from bce_lib.audit import Finding, Report, audit

HOSTILE = "<script>alert(1)</script> | 'x' & \"y\""


def finding(status="fail", **options):
    given = {
        "check": "tail-1",
        "measured": "0 for 1",
        "input": "y=1",
        "why": "Because.",
        "chapter": "notebooks/24_logits.ipynb",
        "value": 1.0,
    }
    return Finding(status=status, **(given | options))


REPORT = Report("a loss", [finding(), finding("pass", check="nan"), finding("not applicable", check="bfloat16")])


def test_a_report_passes_unless_a_check_fails():
    assert not REPORT.passed
    assert [f.check for f in REPORT.failures] == ["tail-1"]
    assert Report("a loss", [finding("pass"), finding("not applicable")]).passed


def test_a_finding_is_looked_up_by_its_name():
    assert REPORT["nan"].status == "pass"
    with pytest.raises(KeyError, match="'tails' is not among the findings: tail-1, nan, bfloat16"):
        REPORT["tails"]


def test_the_text_explains_failures_and_counts():
    lines = str(REPORT).splitlines()
    assert lines[0] == "Audit of a loss"
    assert lines[1].split() == ["✗", "tail-1", "0", "for", "1"]
    assert lines[2:5] == ["    at y=1", "    Because.", "    see notebooks/24_logits.ipynb"]
    assert lines[-1] == "1 passed, 1 failed, 1 not applicable"
    assert "\033" not in str(REPORT)
    assert "\033[1;31m✗" in REPORT.to_text(colour=True)


def test_json_is_what_the_documentation_says():
    data = json.loads(REPORT.to_json())
    assert set(data) == {"loss", "passed", "findings"}
    assert data["passed"] is False
    assert set(data["findings"][0]) == {"check", "status", "measured", "value", "input", "why", "chapter"}


def test_json_can_be_read_back():
    again = Report.from_json(REPORT.to_json())
    assert (again.loss, again.findings) == (REPORT.loss, REPORT.findings)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), None])
def test_json_holds_no_number_that_json_has_not(value):
    text = Report("a loss", [finding(value=value)]).to_json()
    assert json.loads(text, parse_constant=lambda name: pytest.fail(name))["findings"][0]["value"] is None


def test_html_is_escaped_wherever_text_comes_from():
    report = Report(HOSTILE, [finding(check=HOSTILE, measured=HOSTILE, input=HOSTILE, why=HOSTILE, chapter=HOSTILE)])
    page = pytest.importorskip("bs4").BeautifulSoup(report._repr_html_(), "html.parser")
    assert not page.find("script")
    assert page.get_text().count(HOSTILE) == 6
    assert page.find("a")["href"] == f"../{HOSTILE}.html"


def test_an_error_message_of_the_loss_is_escaped_too():
    def hostile(y, z):
        raise ValueError(HOSTILE)

    assert "<script>" not in audit(hostile, only="answers")._repr_html_()


def test_html_links_the_chapter_of_the_rendered_book():
    assert '<a href="../notebooks/24_logits.html">' in REPORT._repr_html_()


def test_markdown_is_a_table_whose_cells_cannot_break_it():
    table = Report("a loss", [finding(measured=HOSTILE, input="two\nlines")]).to_markdown().splitlines()
    assert table[2].count(" | ") == table[4].replace("\\|", "").count(" | ") == 5
    assert "two lines" in table[4]
