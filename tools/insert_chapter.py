"""Put a new chapter between others, or move one: the chapters that stand in its way make room.

    python tools/insert_chapter.py margins --before logits --name Margins --question "How far is far enough?"

The new chapter takes the number of `logits`; that one and those behind it move up by one, until a number of the part is
free. The names of the notebooks that moved are replaced in every text file of the repository. A skeleton of the new
notebook is written, with an entry in `book/chapters.yml`, and then everything that tools/order.py generates. `--move`
does the same with a chapter that exists. Git shows what happened, and takes it back.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

from chapters import ROOT, STEM, chapters
from order import NAMES, generated, write_order
from run_notebooks import canonical_text

PLACEHOLDER = "Which question does it answer?"

SKELETON = (
    (
        "markdown",
        "# {name}: {question}\n\n## In one minute\n\n"
        "The question, the answer in a sentence, the formula, at most six lines of code, what to remember.",
    ),
    ("code", "from bce_book.figures import style\n\nstyle.use()"),
    (
        "markdown",
        "## The idea\n\nSee it go wrong, or right, first: one run, one picture, one number that surprises. "
        "Then the formula, the code that reads like it, where it breaks, and the fix.",
    ),
    ("markdown", "## What to do\n\n1. A rule that a practitioner can act on, with a link to its evidence."),
    ("markdown", "## Exercises"),
    ("markdown", "## Further reading\n\n- A source, and the reason to read it."),
)
"""The cells of a chapter that is still to be written."""


@dataclass(frozen=True)
class Plan:
    """The name of a chapter's notebook, and the names of others that change for it, the old one to the new one."""

    name: str
    renamed: dict[str, str]


def plan(root: Path, stem: str, *, before: str = "", after: str = "", at: str = "", move: bool = False) -> Plan:
    """Return what putting a chapter in its place changes; exactly one of `before`, `after` and `at` is given.

    Raises
    ------
    ValueError
        If the stem is none, or names a chapter already (without `move`) or none (with it), if there is no chapter to go
        by, or if the part has no number left.
    """
    old = {chapter.stem: chapter.path.stem for chapter in chapters(root)}
    places = {known: int(name[:2]) for known, name in old.items()}
    if not re.fullmatch(STEM, stem):
        raise ValueError(f"{stem!r} is no stem: use lower-case letters, digits and underscores, a letter first")
    if move:
        _close_gap(places, _known(places, stem))
    elif stem in places:
        raise ValueError(f"notebooks/{old[stem]}.ipynb exists: choose another stem, or --move to put it elsewhere")
    place = int(at) if at else _known(places, before or after) + bool(after)
    _make_room(places, place)
    places[stem] = place
    new = {known: f"{place:02}_{known}" for known, place in places.items()}
    return Plan(new[stem], {name: new[known] for known, name in old.items() if new[known] != name})


def _known(places: dict[str, int], stem: str) -> int:
    if stem not in places:
        raise ValueError(f"there is no chapter {stem!r}: there are {', '.join(places)}")
    return places[stem]


def _close_gap(places: dict[str, int], place: int) -> None:
    """Take away the chapter at a place; those directly behind it move down by one."""
    by_place = {number: stem for stem, number in places.items()}
    del places[by_place[place]]
    while place + 1 in by_place:
        places[by_place[place + 1]] = place
        place += 1


def _make_room(places: dict[str, int], place: int) -> None:
    """Move the chapters from a place on up by one, as far as they stand in each other's way."""
    by_place = {number: stem for stem, number in places.items()}
    end = place
    while end in by_place:
        end += 1
    if end % 10 == 0:
        part, last = divmod(end - 1, 10)
        raise ValueError(
            f"part {part} has no number left before {part}.{last}, its last: a part holds nine chapters at most"
            if end > place
            else f"{part}.{last} is the last number of part {part}: a part holds nine chapters at most"
        )
    for number in range(place, end):
        places[by_place[number]] = number + 1


def text_files(root: Path) -> list[Path]:
    """Return the files that may name a chapter: those that git does not ignore; without git, those not hidden."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = [root / name for name in listed.split("\0") if name]
    else:
        found = [path for path in root.rglob("*") if not path.relative_to(root).parts[0].startswith((".", "_build"))]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def renamed_in(text: str, renamed: dict[str, str]) -> str:
    """Return a text with every old name replaced, all at once, so that no name is replaced twice."""
    any_name = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, renamed))})(?!\w)")
    return any_name.sub(lambda found: renamed[found[1]], text)


def replacements(root: Path, renamed: dict[str, str]) -> dict[Path, str]:
    """Return the new text of every file that names a chapter whose name changes."""
    changed = {}
    for path in text_files(root):
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue  # a picture, an archive
        if any(name in text for name in renamed) and (new := renamed_in(text, renamed)) != text:
            stored = path.suffix == ".ipynb" and stored_form(text) == text  # and not being edited just now
            changed[path] = stored_form(new) if stored else new
    return changed


def stored_form(text: str) -> str:
    """Return the stored form of a notebook's text: the ids of its cells are made of what they say."""
    return canonical_text(nbformat.reads(text, as_version=4))


def rename(root: Path, old: Path, new: Path) -> None:
    """Rename a file, with git if it knows the file."""
    git = ["git", "-C", str(root)]
    known = (root / ".git").exists() and not subprocess.run(
        [*git, "ls-files", "--error-unmatch", str(old)], capture_output=True, check=False
    ).returncode
    if known:
        subprocess.run([*git, "mv", str(old), str(new)], check=True)
    else:
        old.rename(new)


def skeleton(stem: str, name: str, question: str) -> str:
    """Return a notebook in the shape of a chapter, in the stored form, without outputs."""
    cells = []
    for kind, source in SKELETON:
        if kind == "code":
            cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": ["hide-input"]}))
        else:
            filled = source.format(stem=stem, name=name, question=_in_a_sentence(question))
            cells.append(nbformat.v4.new_markdown_cell(filled))
    return canonical_text(nbformat.v4.new_notebook(cells=cells))


def _in_a_sentence(question: str) -> str:
    return question[:1].lower() + question[1:]


def with_entry(names: str, stem: str, name: str, question: str) -> str:
    """Return the text of `book/chapters.yml` with an entry for a chapter, at its place in the alphabet."""
    entry = yaml.safe_dump(
        {stem: {"name": name, "question": question}}, allow_unicode=True, sort_keys=False, width=1000
    )
    lines = names.splitlines(keepends=True)
    stems = {place: found[1] for place, line in enumerate(lines) if (found := re.fullmatch(r"  ([a-z]\w*):\n", line))}
    at = min((place for place, known in stems.items() if known > stem), default=len(lines))
    return "".join([*lines[:at], *(f"  {line}\n" for line in entry.splitlines()), *lines[at:]])


def create(root: Path, planned: Plan, name: str, question: str) -> None:
    """Write the skeleton of a chapter, and its entry."""
    stem, names = planned.name[3:], root / NAMES
    (root / "notebooks" / f"{planned.name}.ipynb").write_text(skeleton(stem, name, question), encoding="utf-8")
    names.write_text(with_entry(names.read_text(encoding="utf-8"), stem, name, question), encoding="utf-8")


def open_part(root: Path, planned: Plan) -> Path:
    """Return the page that opens the chapter's part; write it if the part had no chapter before."""
    digit, stem = planned.name[0], planned.name[3:]
    page = root / "book" / f"part{digit}.md"
    if not page.exists():
        names = yaml.safe_load((root / NAMES).read_text(encoding="utf-8"))
        entry = names["chapters"][stem]
        line = f"[{entry['name']}](#ch-{stem}) asks: **{_in_a_sentence(entry['question'])}**"
        page.write_text(f"(part-{digit})=\n# {names['parts'][int(digit)]}\n\n{line}\n", encoding="utf-8")
    return page


def carry_out(root: Path, planned: Plan, dry_run: bool) -> None:
    """Rename the notebooks, replace their names everywhere, and say so; a dry run only says so."""
    for path, text in replacements(root, planned.renamed).items():
        print(f"replace the names in {path.relative_to(root)}")
        if not dry_run:
            path.write_bytes(text.encode())
    for old, new in planned.renamed.items():
        print(f"rename notebooks/{old}.ipynb to {new}.ipynb")
        if not dry_run:
            rename(root, root / "notebooks" / f"{old}.ipynb", root / "notebooks" / f"{new}.ipynb")


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stem", help="what the chapter is called everywhere, such as margins")
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--before", metavar="STEM", default="", help="take the place of this chapter, which moves up")
    place.add_argument("--after", metavar="STEM", default="", help="take the place behind this chapter, in its part")
    place.add_argument("--at", metavar="DIGITS", default="", help="take this place: 24 is the fourth of part 2")
    parser.add_argument("--name", help="what readers see in lists; without it the stem with a capital letter")
    parser.add_argument("--question", default=PLACEHOLDER, help="the question that the chapter answers")
    parser.add_argument("--move", action="store_true", help="the chapter exists: put it there; its place closes")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    options = parser.parse_args(arguments)
    if options.at and not re.fullmatch(r"[0-8][1-9]", options.at):
        parser.error(f"--at {options.at}: two digits are wanted, the part from 0 to 8 and the place in it from 1 to 9")
    return options


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Put the chapter in its place and say what is left to do by hand."""
    options = parsed(arguments)
    place = {"before": options.before, "after": options.after, "at": options.at}
    try:
        generated(root)  # nothing is renamed where the order could not be written afterwards
        planned = plan(root, options.stem, **place, move=options.move)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    carry_out(root, planned, options.dry_run)
    if not options.move:
        print(f"write a skeleton of notebooks/{planned.name}.ipynb")
    if options.dry_run:
        return 0
    if not options.move:
        name = options.name or options.stem.replace("_", " ").capitalize()
        create(root, planned, name, options.question)
    page = open_part(root, planned).relative_to(root)
    for file in write_order(root):
        print(f"write {file}")
    print(f"Now yours: the chapter's text, and the words about it in {page}; the tests say what is missing.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
