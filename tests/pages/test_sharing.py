"""What a page shows of itself elsewhere, with and without a public address; and page 404. Run `make book` first."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from matplotlib.image import imread
from playwright.sync_api import Page, expect

import browsing
import measuring
import repository
import sharing
from chapters import Chapter, chapters
from places import FILES, HTML, ROOT, page_of
from rendered import page

ADDRESS = "https://book.example.org/cross/entropy/"
TITLE = "Binary cross-entropy, from first principles"
CHAPTERS = chapters()


def head(soup: BeautifulSoup) -> dict[str, str]:
    """Return the tags of a page's head by their names; none may stand twice."""
    tags = [tag for tag in soup.select("head meta[content]") if tag.get("name") != "viewport"]
    names = [str(tag.get("property") or tag["name"]) for tag in tags]
    assert len(names) == len(set(names))
    return {name: str(tag["content"]) for name, tag in zip(names, tags, strict=True)}


# The description


@pytest.mark.parametrize("file", FILES)
def test_a_page_says_in_a_few_words_what_it_is_about(file: str) -> None:
    tags = head(page(file))
    text = tags["description"]
    assert sharing.SHORTEST <= len(text) <= sharing.LONGEST
    assert re.search(r"[.?!…]$", text)
    assert not re.search(r"\\|\$|[{}]|\s\s", text)
    assert tags["og:description"] == tags["twitter:description"] == text
    assert tags["og:title"] == tags["twitter:title"]
    assert tags["og:site_name"] == TITLE


def test_no_two_pages_say_the_same() -> None:
    texts = [head(page(file))["description"] for file in FILES]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_a_chapter_says_its_question(chapter: Chapter) -> None:
    soup = page(page_of(chapter.stem))
    question = " ".join(soup.select_one("#in-one-minute > p > strong").get_text().split())  # type: ignore[union-attr]
    assert head(soup)["description"].startswith(question)


def test_a_text_is_cut_between_sentences_or_else_between_words() -> None:
    assert sharing.sentences("One. Two? With z,") == ["One.", "Two?"]
    assert sharing.sentences("One. In code:") == ["One.", "In code."]
    assert (
        sharing.shortened(["Why? " * 9 + "Why?", "Because it is so.", "x" * 200]) == "Why? " * 10 + "Because it is so."
    )
    cut = sharing.shortened(["Short.", "word " * 60])
    assert len(cut) <= sharing.LONGEST
    assert cut.endswith("word …")


def test_the_title_of_the_book_stands_once_on_its_first_page() -> None:
    assert page("book/index").title.get_text(strip=True) == TITLE  # type: ignore[union-attr]
    assert page("book/quiz").title.get_text(strip=True).endswith(f"— {TITLE}")  # type: ignore[union-attr]


# The picture


def size(drawn: bytes) -> tuple[int, int]:
    """Return the width and the height of a picture."""
    height, width, _ = imread(io.BytesIO(drawn)).shape
    return width, height


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_the_picture_of_a_chapter_has_the_right_size_its_figure_and_words_for_it(chapter: Chapter) -> None:
    name, drawn, alt = sharing.card(chapter.path, TITLE)
    assert name == chapter.path.stem
    assert size(drawn) == (sharing.WIDTH, sharing.HEIGHT)
    assert len(drawn) < 600_000
    assert len(alt) > 20
    light = imread(io.BytesIO(drawn))[..., :3].mean(axis=-1)
    for part in (light[40:600, 40:480], light[40:600, 520:1160]):
        assert 0.002 < (part < 0.6).mean() < 0.5
    assert (light[20:, 480:500] == 1).all()  # the words do not run into the figure


def test_other_pages_share_the_cover() -> None:
    name, drawn, alt = sharing.card(ROOT / "book" / "quiz.md", TITLE)
    assert (name, alt) == ("book", sharing.COVER)
    assert size(drawn) == (sharing.WIDTH, sharing.HEIGHT)


# Without an address


@pytest.mark.parametrize("file", [*FILES, "404", "search"])
def test_what_needs_an_address_is_there_where_one_is_known_and_nowhere_else(file: str) -> None:
    canonical, tags = page(file).select_one("link[rel=canonical]"), head(page(file))
    whole = {name: text for name, text in tags.items() if "://" in text}
    if canonical is None:
        assert whole == {}
        assert not (HTML / "sitemap.xml").exists()
    elif file in FILES:
        assert whole["og:url"] == canonical["href"]
        assert set(whole) == {"og:url", "og:image", "twitter:image"}


@pytest.mark.parametrize(
    ("given", "configured", "address"),
    [
        ("https://host.org/folder", "", "https://host.org/folder/"),
        (" https://host.org/ ", "https://other.org/", "https://host.org/"),
        ("", "https://host.org/a/b/", "https://host.org/a/b/"),
        ("", "", ""),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000/"),
    ],
)
def test_the_address_of_the_pages_is_that_of_the_environment_else_that_of_the_configuration(
    given: str, configured: str, address: str
) -> None:
    assert repository.pages({"BOOK_ADDRESS": given}, configured) == address


@pytest.mark.parametrize(
    "given", ["host.org", "ftp://host.org/", "https://host.org/?a", "https://host.org/#a", 'https://h"']
)
def test_an_address_that_cannot_be_used_is_an_error_that_names_it(given: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(given))):
        repository.pages({"BOOK_ADDRESS": given})


# With an address


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render a book of three pages for an address, below a folder as a server has it; return that folder."""
    source = tmp_path_factory.mktemp("book")
    configuration = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = [
        "accessible",
        "chapter_numbers",
        "plain_notebooks",
        "remove_thebe",
        "repository",
        "search_index",
        "sharing",
    ]
    options = {"html_theme_options", "html_static_path", "html_css_files", "templates_path", "html_context"}
    configuration["sphinx"] = {
        "local_extensions": dict.fromkeys(extensions, "book/_ext"),
        "config": {key: value for key, value in configuration["sphinx"]["config"].items() if key in options},
    }
    (source / "_config.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n  - caption: One part\n    chapters:\n"
        "      - file: book/glossary\n      - file: notebooks/24_logits\n",
        encoding="utf-8",
    )
    for part in ("_ext", "_static", "_templates"):
        shutil.copytree(ROOT / "book" / part, source / "book" / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "book" / "chapters.yml", source / "book")
    (source / "book" / "references.bib").touch()
    (source / "book" / "index.md").write_text(f"# {TITLE}\n\n{'A book about one formula. ' * 3}\n", encoding="utf-8")
    (source / "book" / "cite.md").write_text("# How to cite\n", encoding="utf-8")
    (source / "book" / "glossary.md").write_text(f"# Words\n\n{'These are all of the words. ' * 3}\n", encoding="utf-8")
    (source / "notebooks").mkdir()
    notebook = nbformat.read(ROOT / "notebooks" / "24_logits.ipynb", as_version=4)
    figure = next(cell for cell in notebook.cells if "figure" in cell.metadata.get("mystnb", {}))
    notebook.cells = [notebook.cells[0], figure]
    nbformat.write(notebook, source / "notebooks" / "24_logits.ipynb")
    program = str(Path(sys.executable).with_name("jupyter-book"))
    run = subprocess.run(
        [program, "build", ".", "--path-output", ".", "--quiet"],
        cwd=source, env=os.environ | {"BOOK_ADDRESS": ADDRESS}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    folder = tmp_path_factory.mktemp("server") / "cross" / "entropy"
    shutil.copytree(source / "_build" / "html", folder)
    return folder.parents[1]


def published_page(published: Path, file: str) -> BeautifulSoup:
    return BeautifulSoup((published / "cross" / "entropy" / file).read_text(encoding="utf-8"), "lxml")


@pytest.mark.parametrize(
    ("file", "picture"), [("book/index.html", "book.png"), ("notebooks/24_logits.html", "24_logits.png")]
)
def test_a_published_page_says_where_it_and_its_picture_are(file: str, picture: str, published: Path) -> None:
    soup = published_page(published, file)
    tags = head(soup)
    assert soup.select_one("link[rel=canonical]")["href"] == tags["og:url"] == ADDRESS + file  # type: ignore[index]
    assert tags["og:image"] == tags["twitter:image"] == f"{ADDRESS}_static/sharing/{picture}"
    assert tags["twitter:card"] == "summary_large_image"
    assert tags["og:image:alt"]
    drawn = (published / "cross" / "entropy" / "_static" / "sharing" / picture).read_bytes()
    assert size(drawn) == (int(tags["og:image:width"]), int(tags["og:image:height"])) == (1200, 630)


def test_the_list_of_pages_has_every_page_and_each_exists(published: Path) -> None:
    text = (published / "cross" / "entropy" / "sitemap.xml").read_text(encoding="utf-8")
    found = [tag.get_text() for tag in BeautifulSoup(text, "xml").find_all("loc")]
    assert {f"{ADDRESS}book/index.html", f"{ADDRESS}book/glossary.html", f"{ADDRESS}notebooks/24_logits.html"} <= set(
        found
    )
    for address in found:
        assert (published / "cross" / "entropy" / address.removeprefix(ADDRESS)).is_file()


def test_page_404_works_wherever_a_server_shows_it(published: Path, browser: browsing.Browser) -> None:
    missing = (published / "cross" / "entropy" / "404.html").read_bytes()

    class Handler(browsing._Quiet):
        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(missing)))
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(missing)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(published))) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/cross/entropy/an/old/address.html"
        with browsing.visit(browser, address) as visited:
            complaints = [each for each in visited.complaints if "old/address.html" not in each]
            visited.page.locator("article input[type=search]").fill("sigmoid")
            visited.page.locator("#search-results ul.search a").first.click()
            visited.page.wait_for_url("**/cross/entropy/notebooks/24_logits.html*")
        server.shutdown()
    assert complaints == []


# Page 404 of the book


def test_page_404_has_the_search_and_the_map_and_is_not_listed() -> None:
    found = page("404")
    assert found.select_one("article form[role=search] input[name=q]")
    assert head(found)["robots"] == "noindex"
    links = {Path(str(link["href"])).with_suffix("").as_posix().lstrip("/") for link in found.select("article li > a")}
    assert links == {
        file for file in FILES if file != "book/index" and (file == "book/api/index" or "/api/" not in file)
    }


def test_page_404_is_accessible_in_light_and_dark_and_fits_a_telephone(visit: Callable[..., Page]) -> None:
    opened = visit("404.html", width=browsing.PHONE)
    expect(opened.get_by_role("heading", level=1)).to_be_visible()
    assert measuring.width(opened) == browsing.PHONE
    for scheme in ("light", "dark"):
        measuring.switch(opened, scheme)
        assert measuring.accessibility(opened, "critical", "serious") == []
