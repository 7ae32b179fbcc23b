"""The address of the repository: what is given, else that of a hosted run, else git's remote ``origin``."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

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
