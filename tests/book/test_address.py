"""The address of the repository: every way to write it, and what goes before what."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bce_book import address

ADDRESS = "https://github.com/an-owner/a.book"


@pytest.mark.parametrize(
    "written",
    [
        "https://github.com/an-owner/a.book",
        "https://github.com/an-owner/a.book.git",
        "https://GitHub.com/an-owner/a.book/",
        "https://someone:secret@github.com/an-owner/a.book.git",
        "git@github.com:an-owner/a.book.git\n",
        "ssh://git@github.com:22/an-owner/a.book",
        " ssh://git@github.com/an-owner/a.book.git",
        "git://github.com/an-owner/a.book",
    ],
)
def test_every_way_to_write_an_address_is_understood(written: str) -> None:
    assert address.normalised(written) == ADDRESS


@pytest.mark.parametrize(
    "written",
    [
        "", "/srv/git/book.git", "../book", "file:///srv/git/book", "https://github.com/an-owner", "https://github.com",
        "https://localhost/owner/name", "https://example.org/owner/name", "https://github.com.example.org/owner/name",
        "https://github.com/owner/name/tree/main", "http://github.com/owner/name", "git@10.0.0.1:owner/name.git",
        'https://github.com/owner/name"><script>', "https://github.com/owner/na me",
    ],
)  # fmt: skip
def test_what_is_no_public_address_is_none(written: str) -> None:
    assert address.normalised(written) is None


def test_an_address_that_is_given_and_cannot_be_used_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=r"'https://example.org/o/n' is not .* write https://github.com/owner/name"):
        address.stated("https://example.org/o/n")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def cloned(tmp_path: Path) -> Path:
    git(tmp_path, "init")
    git(tmp_path, "remote", "add", "origin", "git@gitlab.com:from/origin.git")
    return tmp_path


def test_what_is_given_goes_before_the_hosted_run_and_that_before_the_remote(cloned: Path) -> None:
    hosted = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "from/run"}
    known = address.known
    assert known(hosted | {"BOOK_REPOSITORY": ADDRESS}, cloned) == ADDRESS
    assert known(hosted | {"BOOK_REPOSITORY": " "}, cloned) == "https://github.com/from/run"
    assert known({}, cloned) == "https://gitlab.com/from/origin"


def test_without_a_public_address_nothing_is_made_up(cloned: Path) -> None:
    known = address.known
    assert known({"GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_REPOSITORY": "o/n"}, cloned) is None
    inside = cloned / "folder"
    inside.mkdir()
    assert known({}, inside) is None  # the remote is that of the folder above
    git(cloned, "remote", "set-url", "origin", "/srv/book.git")
    assert known({}, cloned) is None
    git(cloned, "remote", "remove", "origin")
    assert known({}, cloned) is None
