"""Flag sentences of the book that may have to be read twice. The findings are to be read, not obeyed.

    python tools/lint_prose.py [FILE ...]

Without arguments it reads the notebooks and the pages of the book. It looks for turns that are not English, for
sentences of more than 35 words, and for two negations in one sentence.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from chapters import ROOT

LONGEST = 35

HABITS = {
    "with respect to": r"\b(?:gradient|derivative|slope|curvature|loss)s? by (?:the|its|each|a)\b",
    "per": r"\b(?:one|a|two|\d+) (?:curve|row|number|loss|line|bit|operation|element|point|thread|column)s? an? \w+",
    "someone who": r"\b(?:of|for|by|to) who \w+s\b|\bwhoever\b",
    "because, or a full stop": r"\b[Ss]ince\b(?! \d)",
    "fix": r"\bmend(?:s|ed|ing)?\b",
    "is not one": r"\b(?:is|are|was) none\b(?! of)",
    "the names": r"\bthe one\b[^.]*\bthe other\b",
    "without limit": r"\bfor ever\b",
    "is, lies": r"\bstands? (?:in|there|here|below|above)\b",
}
NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|none|neither|nor|cannot|without)\b|n't\b", re.IGNORECASE)


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Give the pieces of prose in a file, each with its place."""
    if path.suffix == ".ipynb":
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "markdown":
                yield f"{path.name}[{number}]", cell.source
            for part in cell.metadata.get("mystnb", {}).values():
                yield from ((f"{path.name}[{number}]", words) for words in part.values() if isinstance(words, str))
    else:
        yield path.name, path.read_text(encoding="utf-8")


def sentences(text: str) -> list[str]:
    """Return the sentences of Markdown without its code, formulas and tables."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|^\|.*$|<[^>]+>", "\n\n", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$[^$]*\$|`[^`]*`", "x", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    paragraphs = re.split(r"\n\s*\n|\n(?=[-*\d#>])", text)
    return [s.strip() for paragraph in paragraphs for s in re.split(r"(?<=[.!?:])\s+", paragraph) if s.strip()]


def findings(path: Path) -> Iterator[str]:
    """Give a line for each finding."""
    for place, text in texts(path):
        for sentence in sentences(text):
            said = [f"say “{better}”" for better, habit in HABITS.items() if re.search(habit, sentence)]
            if (words := len(sentence.split())) > LONGEST:
                said.append(f"{words} words")
            if len(NEGATION.findall(sentence)) > 2:
                said.append("many negations")
            if said:
                yield f"{place}: {', '.join(said)}: {sentence}"


def main() -> None:
    """Print the findings."""
    named = [Path(name) for name in sys.argv[1:]]
    everything = [*sorted((ROOT / "notebooks").glob("*.ipynb")), *sorted((ROOT / "book").rglob("*.md"))]
    found = [line for path in named or everything for line in findings(path)]
    print("\n".join([*found, f"{len(found)} findings"]))


if __name__ == "__main__":
    main()
