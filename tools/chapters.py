"""The chapters: files in `notebooks/` whose digits are the order, found everywhere else by their stem.

The name is the digit of the part, the place in it, an underscore and the stem: ``PN_stem.ipynb`` is chapter P.N.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEM = r"[a-z][a-z0-9_]*"

MODULES = {"likelihood": "_information", "entropy": "_information", "softmax": "_multiclass"}
"""The chapters whose concept has another name in the library; where it has a module for another chapter, that bears the
chapter's stem."""


@dataclass(frozen=True)
class Chapter:
    """A notebook of the book."""

    path: Path

    @property
    def digits(self) -> str:
        """The part and the place in it: ``"24"``."""
        return self.path.stem[:2]

    @property
    def stem(self) -> str:
        """What the chapter is called everywhere: ``"logits"``."""
        return self.path.stem[3:]

    @property
    def number(self) -> str:
        """The number that readers see: ``"2.4"``."""
        return f"{self.digits[0]}.{self.digits[1]}"


def chapters(root: Path = ROOT) -> list[Chapter]:
    """Return the chapters in the order of reading.

    Raises
    ------
    ValueError
        If a notebook's name is not two digits, an underscore and a stem, or two chapters share digits or stem.
    """
    found = [Chapter(path) for path in sorted((root / "notebooks").glob("*.ipynb"))]
    for chapter in found:
        if not re.fullmatch(rf"\d[1-9]_{STEM}", chapter.path.stem):
            raise ValueError(
                f"notebooks/{chapter.path.name}: a name is the part's digit, the place in it from 1 to 9, "
                "an underscore and the stem in lower case"
            )
    for what in ("digits", "stem"):
        names = [getattr(chapter, what) for chapter in found]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two chapters have the {what} {', '.join(twice)}")
    return found


def chapter(stem: str, root: Path = ROOT) -> Chapter:
    """Return the chapter with this stem.

    Raises
    ------
    KeyError
        If there is none.
    """
    for found in chapters(root):
        if found.stem == stem:
            return found
    raise KeyError(f"there is no chapter {stem!r} in notebooks/")
