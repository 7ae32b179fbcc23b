"""The table of all findings on the page of conformance: a filter by framework, by check, of failures. Run `make book` first."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from places import page_of
from rendered import on, page

FILE = page_of("conformance")


def failures(file: str) -> dict[str, set[str]]:
    """Return the failed checks of each loss, as the table has them without its script."""
    return {
        row.th.get_text(): {str(item["data-check"]) for item in row.select("li[data-status=fail]")}
        for row in page(file).select("table.findings tbody tr")
    }


def test_the_table_is_whole_without_its_script() -> None:
    found = failures(FILE)
    assert len(found) > 30
    for row in page(FILE).select("table.findings tbody tr"):
        failed, _, asked = row.td.get_text().split()
        assert (int(failed), int(asked)) == (len(found[row.th.get_text()]), len(row.select("li")))


@on(FILE)
def test_a_check_is_picked_and_its_findings_show(page: Page) -> None:
    box, rows = page.locator(".findings-filter"), page.locator("table.findings tbody tr")
    box.get_by_label("Check").select_option("tail-0")
    box.get_by_label("failures only").check()
    expected = [loss for loss, failed in failures(FILE).items() if "tail-0" in failed]
    assert rows.filter(visible=True).locator("th").all_text_contents() == expected
    assert rows.locator("li").filter(visible=True).count() == len(expected)
    expect(box.locator("output")).to_have_text(f"{len(expected)} losses, {len(expected)} failures")
    box.get_by_label("Framework").select_option("PyTorch")
    assert rows.filter(visible=True).count() == sum(loss.startswith("PyTorch:") for loss in expected)
    box.get_by_label("Framework").select_option("all")
    box.get_by_label("Check").select_option("all")
    box.get_by_label("failures only").uncheck()
    assert rows.filter(visible=True).count() == len(failures(FILE))


def test_a_row_opens_without_scripts(visit: Callable[..., Page]) -> None:
    shown = visit(f"{FILE}.html", java_script_enabled=False)
    row = shown.locator("table.findings tbody tr").first
    row.locator("summary").click()
    expect(row.locator("li").first).to_be_visible()
