"""The buttons that lead from a page to the repository, and to a notebook that runs: only where an address is known.

The address is ``BOOK_REPOSITORY`` of the environment (``make book REPOSITORY=…``), else that of a hosted run, else the
remote ``origin`` of git. Without one, no page shows a button that leads nowhere.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

BRANCH = "main"
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
FORGES = ("github.com", "gitlab.com")
"""Those for which the theme can write the address of every button."""

WRITTEN = re.compile(
    r"(?:(?:https|ssh|git)://(?:[^/@\s]+@)?|[\w.-]+@)"  # https://, ssh://git@, git@
    r"(?P<host>[\w.-]+)(?::\d+)?[/:]"
    r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?"
)
"""The ways to write the address of a repository; what stands before an @, such as a password, is left out."""


def normalised(address: str) -> str | None:
    """Return a repository's address as https://host/owner/name, or None if it is not one of a known public forge."""
    found = WRITTEN.fullmatch(address.strip())
    if found is None or found["host"].lower() not in FORGES:
        return None
    return f"https://{found['host'].lower()}/{found['owner']}/{found['name']}"


def stated(address: str) -> str:
    """Return the normalised form of an address that somebody has given; one that cannot be used is an error."""
    found = normalised(address)
    if found is None:
        raise ValueError(
            f"{address!r} is not the address of a repository on {' or '.join(FORGES)}: "
            "write https://github.com/owner/name"
        )
    return found


def known(environment: Mapping[str, str], folder: Path) -> str | None:
    """Return the address of the repository in ``folder``, or None if nothing says what it is."""
    if address := environment.get("BOOK_REPOSITORY", "").strip():
        return stated(address)
    if name := environment.get("GITHUB_REPOSITORY"):
        return normalised(f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}")
    return normalised(_origin(folder))


def _origin(folder: Path) -> str:
    """Return what git calls ``origin``, an empty text if there is no git, no repository in ``folder`` or no remote."""
    if not (folder / ".git").exists():
        return ""  # git would go on to look in the folders above, which are not the book's
    try:
        command = ["git", "-C", str(folder), "config", "--get", "remote.origin.url"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


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
