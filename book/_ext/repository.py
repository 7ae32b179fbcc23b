"""The two addresses of the book, each set in one place: that of its repository, and that at which its pages are read.

The repository is ``BOOK_REPOSITORY`` of the environment (``make book REPOSITORY=…``), else that of a hosted run, else
the remote ``origin`` of git. With it the pages have the buttons that lead there, and to a notebook that runs.

The pages are at ``BOOK_ADDRESS`` (``make book ADDRESS=…``), else at ``html: baseurl`` of ``_config.yml``. With it a
page says where it is found, for those who share it (``sharing.py``). It is not guessed from that of the repository.

Without an address no page has a button, or names a host, that leads nowhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from bce_book.address import known

BRANCH = "main"
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
PAGES = re.compile(r"https?://[\w.-]+(:\d+)?(/[\w.~/-]*)?")


def options(address: str) -> dict[str, Any]:
    """Return the options of the theme with which pages show the buttons; notebooks alone have those that launch."""
    launch = {"notebook_interface": "jupyterlab", "binderhub_url": BINDER}
    if address.startswith("https://github.com/"):
        launch["colab_url"] = COLAB  # which opens notebooks of no other forge
    return {
        "repository_url": address,
        "repository_branch": BRANCH,
        "path_to_docs": "",  # the book's folder is the repository's
        "launch_buttons": launch,
        "use_repository_button": True,
        "use_edit_page_button": True,
        "use_issues_button": True,
    }


def pages(environment: Mapping[str, str], configured: str = "") -> str:
    """Return the address of the pages, with a slash at its end; nothing, if it is not known.

    Raises
    ------
    ValueError
        If what is given is not an address.
    """
    given = environment.get("BOOK_ADDRESS", "").strip() or configured.strip()
    if given and not PAGES.fullmatch(given):
        raise ValueError(f"{given!r} is not the address of the pages: write https://host/ or https://host/folder/")
    return f"{given.rstrip('/')}/" if given else ""


def add_options(app: Sphinx, config: Config) -> None:
    """Add the options to those of the theme, and the address of the pages, before anybody reads them."""
    try:
        address = known(os.environ, Path(app.srcdir))
        config.html_baseurl = pages(os.environ, config.html_baseurl)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if address:
        config.html_theme_options |= options(address)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", add_options)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
