"""The buttons that lead from a page to the repository, and to a notebook that runs: only where an address is known.

The address is ``BOOK_REPOSITORY`` of the environment (``make book REPOSITORY=…``), else that of a hosted run, else the
remote ``origin`` of git. Without one, no page shows a button that leads nowhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from bce_book.address import known

BRANCH = "main"
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"


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


def add_options(app: Sphinx, config: Config) -> None:
    """Add the options to those of the theme before it reads them."""
    try:
        address = known(os.environ, Path(app.srcdir))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if address:
        config.html_theme_options |= options(address)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", add_options)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
