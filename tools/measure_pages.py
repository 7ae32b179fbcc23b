"""Measure every page of the rendered book in headless Chromium, and print the figures as a table in Markdown.

Run `make book` first; then `make measure`, or with parts of names of pages for those alone. Words, cells of code and
screens (of 1440 × 900) are those that a reader sees before unfolding anything. Weights are in kB as they
travel from a server that does not compress; "shared" is what comes for every page, and MathJax. The text is there after
the first contentful paint, in ms, the best of three loads with nothing stored. Findings are axe-core's with everything
unfolded, as critical + serious / moderate + minor. Below the table stands how many pictures per second each explorable
draws while its first slider is moved as fast as the screen allows.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser, Page
from tqdm import tqdm

import browsing
import measuring
from places import FILES, HTML, PAGES
from responding import Explorable

HEADINGS = [
    *("page", "words", "cells", "screens"),
    *("own, kB", "shared, kB", "requests", "text, ms", "axe in light", "axe in dark", "width of 375"),
]


def weight(files: list[measuring.File]) -> float:
    """Return what files weigh together, in kB."""
    return sum(file.size for file in files) / 1000


def findings(page: Page, scheme: str) -> str:
    """Return how many grave and how many slight findings there are."""
    measuring.switch(page, scheme)
    grave = [line.startswith(("critical", "serious")) for line in measuring.accessibility(page)]
    return f"{sum(grave)} / {len(grave) - sum(grave)}"


def row(browser: Browser, book: str, file: str, common: set[str]) -> list[str]:
    """Measure one page."""
    address = f"{book}/{file}.html"
    paints = []
    for _ in range(2):
        with browsing.visit(browser, address) as visited:
            paints.append(measuring.first_paint(visited.page))
    with browsing.visit(browser, address, color_scheme="light") as visited:
        page = visited.page
        paints.append(measuring.first_paint(page))
        requests = len(visited.requests)
        own, everything = weight(measuring.own(page, common)), weight(measuring.files(page))
        length = measuring.length(page)
        with browsing.telephone(page):
            width = measuring.width(page)
        with measuring.unfolded(page):
            light, dark = findings(page, "light"), findings(page, "dark")
        for complaint in visited.complaints:
            tqdm.write(f"{file}: {complaint}", file=sys.stderr)
    lengths = [f"{length.words:,}", str(length.cells), f"{length.screens:.1f}"]
    weights = [f"{own:,.0f}", f"{everything - own:,.0f}"]
    return [file, *lengths, *weights, str(requests), f"{min(paints):.0f}", light, dark, str(width)]


def pictures(browser: Browser, book: str, file: str) -> dict[str, float]:
    """Return the pictures per second of each explorable of a page, its first slider moved from end to end."""
    found = {}
    with browsing.visit(browser, f"{book}/{file}.html") as visited:
        for place in visited.page.locator("[data-explorable]").all():
            shown = Explorable(visited.page, str(place.get_attribute("data-explorable")))
            shown.frame.scroll_into_view_if_needed()
            slider = shown.frame.locator('input[type="range"]').first
            name, low, high = slider.evaluate("s => [s.name, Number(s.min), Number(s.max)]")
            found[shown.name] = shown.frames_per_second(name, [low + (high - low) * step / 120 for step in range(121)])
    return found


def main(parts: list[str]) -> None:
    """Print the tables."""
    chosen = [file for file in PAGES if not parts or any(part in file for part in parts)]
    print(f"| {' | '.join(HEADINGS)} |\n| --- |{' ---: |' * (len(HEADINGS) - 1)}")
    with browsing.chromium() as browser, browsing.served(HTML) as book:
        common = measuring.common(browser, book)
        for file in tqdm(chosen, unit="page", disable=None):
            print(f"| {' | '.join(row(browser, book, file, common))} |", flush=True)
        print("\n| explorable | pictures per second |\n| --- | ---: |")
        for file in [file for file in chosen if file in FILES]:
            for name, rate in pictures(browser, book, file).items():
                print(f"| {name} | {rate:.0f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
