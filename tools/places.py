"""Where things are in the repository: its root, the chapters by their stem, the pages of the rendered book."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from chapters import ROOT, chapter

HTML = ROOT / "_build" / "html"


def notebook_of(stem: str) -> Path:
    """Return the path of a chapter's notebook."""
    return chapter(stem).path


def page_of(stem: str) -> str:
    """Return the page of a chapter in the rendered book, without .html: ``"notebooks/24_logits"``."""
    return f"notebooks/{notebook_of(stem).stem}"


def toc_files(entry: Any) -> list[str]:
    """Return the files of a table of contents, or a part of one, in their order."""
    if isinstance(entry, list):
        return [file for item in entry for file in toc_files(item)]
    own = [entry["file"]] if "file" in entry else []
    return own + [file for key in ("parts", "chapters", "sections") for file in toc_files(entry.get(key, []))]


TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
FILES = [TOC["root"], *toc_files(TOC)]
"""Every page of the book, without its suffix."""

PAGES = [*FILES, "search", "404", "genindex"]
"""Every page that is rendered: those of the book, and those that Sphinx adds."""
