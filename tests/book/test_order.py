"""The order of the chapters: what is generated from it is in step, and a chapter is put in its place by one command."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
import yaml

import chapters
import insert_chapter
import order
from places import ROOT
from run_notebooks import canonical_text

NAMES = yaml.safe_load((ROOT / order.NAMES).read_text(encoding="utf-8"))


# What is generated, and from what


@pytest.mark.parametrize("file", [*order.PIECES, *order.WHOLE])
def test_a_file_that_states_the_order_holds_what_would_be_written(file: str) -> None:
    held = (ROOT / file).read_text(encoding="utf-8")
    assert held == order.generated()[file], "run python tools/order.py"


def test_every_chapter_has_a_name_and_a_question() -> None:
    assert sorted(NAMES["chapters"]) == sorted(chapter.stem for chapter in chapters.chapters())
    for stem, entry in NAMES["chapters"].items():
        assert entry["question"].endswith("?"), stem
        assert entry["question"] != insert_chapter.PLACEHOLDER, stem


def test_the_names_stand_in_the_order_of_the_alphabet() -> None:
    assert list(NAMES["chapters"]) == sorted(NAMES["chapters"])


@pytest.mark.parametrize("part", order.parts(), ids=lambda part: part.title)
def test_the_first_page_of_a_part_leads_to_its_chapters_in_their_order(part: order.Part) -> None:
    page = (ROOT / "book" / f"part{part.digit}.md").read_text(encoding="utf-8")
    assert page.startswith(f"(part-{part.digit})=\n# ")
    linked = list(dict.fromkeys(re.findall(r"\(#ch-(\w+)\)", page)))
    stems = [chapter.stem for chapter in part.chapters]
    assert [stem for stem in linked if stem in stems] == stems


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def book_of(folder: Path, *notebooks: str, stems: tuple[str, ...] = ("one", "two")) -> Path:
    """Write a book of notebooks that say where they stand, with entries for these stems and for parts 1, 3 and 4."""
    for name in notebooks:
        cell = nbformat.v4.new_markdown_cell(f"# This is {name}.ipynb")
        text = canonical_text(nbformat.v4.new_notebook(cells=[cell]))
        write(folder / "notebooks" / f"{name}.ipynb", text)
    entries = "".join(f"  {stem}:\n    name: {stem.title()}\n    question: Why?\n" for stem in sorted(stems))
    write(folder / order.NAMES, f"parts:\n  1: Some\n  3: More\n  4: Others\nchapters:\n{entries}")
    return folder


@pytest.mark.parametrize(
    ("notebooks", "message"),
    [
        (["11_one"], "chapters has an entry for two, which no notebook is called"),
        (["11_one", "12_two", "13_three"], "chapters lacks an entry for three"),
        (["11_one", "21_two"], "parts lacks an entry for 2"),
        (["11_one", "11_two"], "two chapters have the digits 11"),
        (["11_one", "12_one"], "two chapters have the stem one"),
        (["11_one", "20_two"], "20_two.ipynb: a name is the part's digit, the place in it from 1 to 9"),
        (["11_one", "12_Two"], "12_Two.ipynb: a name is"),
    ],
)
def test_what_is_missing_or_doubled_is_named(notebooks: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        order.parts(book_of(tmp_path, *notebooks))


def test_a_chapter_is_found_by_its_stem(tmp_path: Path) -> None:
    book = book_of(tmp_path, "12_two", "13_one")
    assert chapters.chapter("one", book).number == "1.3"
    with pytest.raises(KeyError, match="there is no chapter 'three'"):
        chapters.chapter("three", book)


def test_only_what_stands_between_the_marks_changes() -> None:
    text = "before\n  # chapters: begin (by hand)\nold\nold\n  # chapters: end\nafter\n"
    assert order.between_marks(text, "new") == text.replace("old\nold", "new")
    for wrong in ("no marks", "chapters: begin\n", "chapters: end\nchapters: begin\n", text + text):
        with pytest.raises(ValueError, match="instead of one"):
            order.between_marks(wrong, "new")


# A chapter is put between others

LITTLE = ["11_alpha", "12_beta", "13_gamma", "15_delta", "31_omega"]


@pytest.fixture
def little(tmp_path: Path) -> Path:
    """Write a book with a gap in part 1, and a page that names its notebooks."""
    book_of(tmp_path, *LITTLE, stems=tuple(name[3:] for name in LITTLE))
    write(tmp_path / "book" / "page.md", " ".join(f"{name}.ipynb" for name in LITTLE))
    for digit in "13":
        write(tmp_path / "book" / f"part{digit}.md", f"(part-{digit})=\n# By hand\n")
    for file in order.PIECES:
        write(tmp_path / file, "# chapters: begin\n# chapters: end\n")
    (tmp_path / "bce_lib" / "audit").mkdir(parents=True)
    order.write_order(tmp_path)
    return tmp_path


def run(root: Path, *arguments: str) -> int:
    return insert_chapter.main(list(arguments), root)


def names(folder: Path) -> list[str]:
    return [chapter.path.stem for chapter in chapters.chapters(folder)]


def texts(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in insert_chapter.text_files(folder)}


def in_step(root: Path) -> bool:
    return all((root / file).read_text(encoding="utf-8") == text for file, text in order.generated(root).items())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("new --before beta", "11_alpha 12_new 13_beta 14_gamma 15_delta 31_omega"),
        ("new --after alpha", "11_alpha 12_new 13_beta 14_gamma 15_delta 31_omega"),
        ("new --at 12", "11_alpha 12_new 13_beta 14_gamma 15_delta 31_omega"),
        ("new --after gamma", "11_alpha 12_beta 13_gamma 14_new 15_delta 31_omega"),
        ("new --before delta", "11_alpha 12_beta 13_gamma 15_new 16_delta 31_omega"),
        ("new --at 19", "11_alpha 12_beta 13_gamma 15_delta 19_new 31_omega"),
        ("new --at 41", "11_alpha 12_beta 13_gamma 15_delta 31_omega 41_new"),
        ("alpha --after gamma --move", "11_beta 12_gamma 13_alpha 15_delta 31_omega"),
        ("gamma --before alpha --move", "11_gamma 12_alpha 13_beta 15_delta 31_omega"),
        ("beta --before omega --move", "11_alpha 12_gamma 15_delta 31_beta 32_omega"),
        ("beta --at 41 --move", "11_alpha 12_gamma 15_delta 31_omega 41_beta"),
        ("beta --at 12 --move", "11_alpha 12_beta 13_gamma 15_delta 31_omega"),
    ],
)
def test_the_chapters_in_the_way_make_room_and_nothing_else_moves(arguments: str, expected: str, little: Path) -> None:
    assert run(little, *arguments.split()) == 0
    assert names(little) == expected.split()
    assert in_step(little)
    by_stem = {name[3:]: name for name in names(little)}
    page = (little / "book" / "page.md").read_text(encoding="utf-8")
    assert page == " ".join(f"{by_stem[name[3:]]}.ipynb" for name in LITTLE)
    for stem in set(by_stem) - {"new"}:
        text = chapters.chapter(stem, little).path.read_text(encoding="utf-8")
        assert f"# This is {by_stem[stem]}.ipynb" in text
        assert insert_chapter.stored_form(text) == text


def test_a_chapter_that_is_moved_and_moved_back_leaves_no_trace(little: Path) -> None:
    before = texts(little)
    run(little, "alpha", "--after", "gamma", "--move")
    assert texts(little) != before
    run(little, "alpha", "--before", "beta", "--move")
    assert texts(little) == before


def test_what_is_written_names_the_new_chapter(little: Path) -> None:
    run(little, "margins", "--before", "beta", "--name", "Margins", "--question", "How far is: far?")
    entries = yaml.safe_load((little / order.NAMES).read_text(encoding="utf-8"))["chapters"]
    assert entries["margins"] == {"name": "Margins", "question": "How far is: far?"}
    assert list(entries) == sorted(entries)
    written = {file: (little / file).read_text(encoding="utf-8") for file in [*order.PIECES, *order.WHOLE]}
    assert "- file: notebooks/12_margins\n" in written["_toc.yml"]
    assert "| [1.2 Margins](notebooks/12_margins.ipynb) | How far is: far? |\n" in written["README.md"]
    assert "- 1.2 [Margins](12_margins.ipynb): How far is: far?\n" in written["notebooks/README.md"]
    assert "{grid-item-card} 1.2 Margins\n:link: ch-margins\n" in written["book/index.md"]
    assert '"margins": "12_margins",\n' in written["bce_lib/audit/_chapters.py"]


def test_the_skeleton_has_the_parts_of_a_chapter_in_the_stored_form() -> None:
    text = insert_chapter.skeleton("margins", "Margins", "How far is far?")
    notebook = nbformat.reads(text, as_version=4)
    assert notebook.cells[0].source.startswith("# Margins: how far is far?\n\n## In one minute")
    headings = re.findall(r"^## (.*)$", "\n".join(cell.source for cell in notebook.cells), flags=re.MULTILINE)
    assert headings == ["In one minute", "The idea", "What to do", "Exercises", "Further reading"]
    (imports,) = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert imports.metadata.tags == ["hide-input"]
    exec(imports.source, {})
    assert text == canonical_text(notebook)


@pytest.mark.parametrize("arguments", ["new --at 41 --question How?", "beta --at 41 --move"])
def test_the_first_chapter_of_a_part_comes_with_the_page_that_opens_it(arguments: str, little: Path) -> None:
    run(little, *arguments.split())
    stem, question = names(little)[-1][3:], "how?" if "How" in arguments else "why?"
    page = (little / "book" / "part4.md").read_text(encoding="utf-8")
    assert page == f"(part-4)=\n# Others\n\n[{stem.title()}](#ch-{stem}) asks: **{question}**\n"
    assert (little / "book" / "part1.md").read_text(encoding="utf-8") == "(part-1)=\n# By hand\n"


def test_a_notebook_that_is_being_edited_changes_in_the_name_alone(little: Path) -> None:
    path = little / "notebooks" / "31_omega.ipynb"
    edited = path.read_text(encoding="utf-8").replace("# This is 31_omega.ipynb", "# After 13_gamma.ipynb")
    path.write_text(edited, encoding="utf-8")
    run(little, "new", "--before", "beta")
    assert path.read_text(encoding="utf-8") == edited.replace("13_gamma", "14_gamma")


def test_a_dry_run_says_what_would_be_done_and_does_nothing(little: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = texts(little)
    assert run(little, "new", "--before", "gamma", "--dry-run") == 0
    assert texts(little) == before
    said = capsys.readouterr().out.splitlines()
    assert "replace the names in book/page.md" in said
    assert said[-2:] == [
        "rename notebooks/13_gamma.ipynb to 14_gamma.ipynb",
        "write a skeleton of notebooks/13_new.ipynb",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("beta --before alpha", "notebooks/12_beta.ipynb exists: choose another stem, or --move"),
        ("new --before nothing", "there is no chapter 'nothing': there are alpha, beta"),
        ("new --before alpha --move", "there is no chapter 'new'"),
        ("New --before alpha", "'New' is no stem"),
        ("new --before omega", "part 3 has no number left before 3.9, its last: a part holds nine chapters at most"),
        ("new --after i", "3.9 is the last number of part 3: a part holds nine chapters at most"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_changes(
    arguments: str, message: str, little: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for stem in "bcdefghi":
        assert run(little, stem, "--after", "omega" if stem == "b" else chr(ord(stem) - 1)) == 0
    before = texts(little)
    assert run(little, *arguments.split()) == 1
    assert message in capsys.readouterr().err
    assert texts(little) == before


def test_nothing_is_renamed_where_the_order_cannot_be_written(little: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (little / "README.md").write_text("no marks", encoding="utf-8")
    assert run(little, "new", "--before", "alpha") == 1
    assert "README.md: 0 pairs of lines" in capsys.readouterr().err
    assert names(little) == LITTLE


@pytest.mark.parametrize("digits", ["20", "91", "2", "x1"])
def test_a_place_that_is_none_is_refused(digits: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "new", "--at", digits)
    assert "two digits are wanted" in capsys.readouterr().err


def test_in_a_repository_git_follows_the_rename_and_ignored_files_are_left(little: Path) -> None:
    def git(*arguments: str) -> list[str]:
        command = ["git", "-C", str(little), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    write(little / ".gitignore", "ignored.md\n")
    write(little / "ignored.md", "13_gamma")
    write(little / "untracked.md", "13_gamma")
    git("init")
    git("add", "notebooks", "book")
    (little / "notebooks" / "15_delta.ipynb").rename(little / "notebooks" / "14_delta.ipynb")  # git does not know
    assert run(little, "new", "--before", "gamma") == 0
    assert {"notebooks/14_gamma.ipynb", "notebooks/15_delta.ipynb"} <= set(git("ls-files", "notebooks"))
    assert "notebooks/13_gamma.ipynb" not in git("ls-files", "notebooks")
    assert (little / "notebooks" / "15_delta.ipynb").is_file()
    assert (little / "untracked.md").read_text(encoding="utf-8") == "14_gamma"
    assert (little / "ignored.md").read_text(encoding="utf-8") == "13_gamma"
    assert in_step(little)


def test_names_are_replaced_at_once_and_only_as_whole_words() -> None:
    renamed = {"24_a": "25_b", "25_b": "26_c"}
    assert insert_chapter.renamed_in("x/24_a.ipynb 25_b 24_ab 124_a", renamed) == "x/25_b.ipynb 26_c 24_ab 124_a"


def test_a_chapter_can_be_put_into_this_book(tmp_path: Path) -> None:
    for path in insert_chapter.text_files(ROOT):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    part = min(order.parts(), key=lambda each: len(each.chapters))
    first = part.chapters[0]
    assert run(tmp_path, "of_this_test", "--before", first.stem) == 0
    assert names(tmp_path).index(f"{first.file[:2]}_of_this_test") == names(ROOT).index(first.file)
    assert [file for file, text in texts(tmp_path).items() if first.file.encode() in text] == []
    assert in_step(tmp_path)
