"""Sphinx extension: the explorables, figures that respond to the reader.

A chapter, or any other page, holds ``<div class="explorable" data-explorable="NAME" data-figure="fig-…"></div>`` after
a figure. On the page the scripts put the responding figure in that figure's place, above its caption; without
JavaScript, on paper and in Jupyter the figure stays.

What NAME is stands in ``book/explorables``: ``NAME.py`` describes its charts (Altair) and computes its data with
``bce_lib``, ``NAME.js`` its controls and what they do. Here the charts become Vega's specifications while the book is
built, and only a page that holds an explorable loads Vega and the scripts. They are classic scripts with their data
inside, because a page that is opened as a file may neither import nor fetch.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import vl_convert
from sphinx.application import Sphinx

SOURCE = Path(__file__).parents[1] / "explorables"
TARGET = "explorables"
PLACE = re.compile(r'data-explorable="(\w+)"')
SHARED = ("vega.js", "core.js", "formulas.js")


def names() -> list[str]:
    """Return the names of the explorables: each has its charts in Python and its controls in JavaScript."""
    return sorted(path.stem for path in SOURCE.glob("*.js") if path.name not in SHARED)


def described(name: str) -> str:
    """Return the script that hands an explorable's charts and data to the page."""
    sys.path.insert(0, str(SOURCE.parent))
    try:
        module = import_module(f"explorables.{name}")
    finally:
        sys.path.pop(0)
    charts = {key: vl_convert.vegalite_to_vega(chart.to_dict()) for key, chart in module.charts().items()}
    data = module.data() if hasattr(module, "data") else {}
    return f"explorables.describe({json.dumps(name)}, {json.dumps(charts)}, {json.dumps(data)});\n"


def write_scripts(app: Sphinx) -> None:
    """Write the scripts and styles of the explorables where the pages look for them."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / TARGET
    folder.mkdir(parents=True, exist_ok=True)
    for path in [*SOURCE.glob("*.js"), *SOURCE.glob("*.css")]:
        shutil.copyfile(path, folder / path.name)
    # In a scope of its own: the bundle's hundreds of short names are no business of the page's.
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    (folder / "vega.js").write_text(f"(function () {{{bundle}}})();\n", encoding="utf-8")
    for name in names():
        (folder / f"{name}.data.js").write_text(described(name), encoding="utf-8")


def add_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Load the scripts on the pages that hold an explorable, and nowhere else."""
    held = dict.fromkeys(PLACE.findall(context.get("body") or ""))
    if not held:
        return
    if unknown := set(held) - set(names()):
        raise ValueError(f"{pagename} holds the explorables {sorted(unknown)}: {SOURCE.name} has {names()}")
    app.add_css_file(f"{TARGET}/explorables.css")
    for script in [*SHARED, *(script for name in held for script in (f"{name}.data.js", f"{name}.js"))]:
        app.add_js_file(f"{TARGET}/{script}", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", write_scripts)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
