"""The prose pages say what is so: README, citation, changelog, the book's first pages, quiz, notation and reference."""

from __future__ import annotations

import doctest
import inspect
import math
import pkgutil
import re
import tomllib
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from mpmath import mp
from torch import nn

import bce_lib
from chapters import ROOT, chapters
from grids import PRECISION, SMALLEST

FRONT_PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


# README, citation, changelog, licence


def test_the_examples_of_the_readme_run_and_print_what_they_show() -> None:
    examples = "\n".join(blocks(read("README.md"), "pycon"))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README.md", "README.md", 0)
    assert len(test.examples) >= 8
    report: list[str] = []
    assert doctest.DocTestRunner().run(test, out=report.append).failed == 0, "".join(report)


@pytest.mark.parametrize("page", FRONT_PAGES)
def test_every_link_to_a_file_leads_to_one(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", re.sub(r"`[^`\n]+`", "code", read(page))):
        assert "://" in target or (ROOT / target).is_file(), target


@pytest.mark.parametrize("page", FRONT_PAGES)
def test_every_target_of_make_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", read(page), flags=re.MULTILINE))
    assert named
    assert named <= targets


def test_the_readme_reads_in_two_minutes() -> None:
    prose = re.sub(r"```.*?```", "", read("README.md"), flags=re.DOTALL)
    without_tables = re.sub(r"^\|.*$", "", prose, flags=re.MULTILINE)  # which grow with the book
    assert len(without_tables.split()) < 500


def test_the_picture_of_the_readme_has_alternative_text() -> None:
    (alt, file), *others = re.findall(r"!\[([^]]*)\]\(([^)]+)\)", read("README.md"))
    assert not others
    assert len(alt) > 100
    assert file == "book/_static/overview.svg"


def test_the_citation_is_of_this_version_and_has_the_fields_of_its_format() -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    assert set(citation) >= {"cff-version", "message", "title", "authors"}
    assert set(citation) <= {
        "abstract",
        "authors",
        "cff-version",
        "commit",
        "contact",
        "date-released",
        "doi",
        "identifiers",
        "keywords",
        "license",
        "license-url",
        "message",
        "preferred-citation",
        "references",
        "repository",
        "repository-artifact",
        "repository-code",
        "title",
        "type",
        "url",
        "version",
    }
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["version"] == bce_lib.__version__
    assert citation["authors"] == [{"name": "The bce_lib authors"}]
    assert citation["license"] == tomllib.loads(read("pyproject.toml"))["project"]["license"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", citation["date-released"])


def test_the_changelog_begins_with_what_is_cited() -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    unreleased, latest, *_ = re.findall(r"^## (.*)$", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert unreleased == "[Unreleased]"
    assert latest == f"[{citation['version']}] - {citation['date-released']}"


def test_the_licence_names_both_licences_and_holds_the_text_of_one() -> None:
    text = read("LICENSE")
    assert "Permission is hereby granted, free of charge" in text
    assert "CC-BY-4.0" in text
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text


# The first page and the openers of the parts


def test_the_openers_of_the_parts_lead_to_their_chapters() -> None:
    for chapter in chapters():
        assert f"(#ch-{chapter.stem})" in read(f"book/part{chapter.digits[0]}.md")


def test_the_samples_of_the_first_pages_run() -> None:
    names = {"y_true": [1, 0, 1], "logits": [2.0, -1.0, 0.5]}
    samples = blocks(read("book/index.md"), "python")
    assert samples
    for sample in samples:
        exec(compile(sample, "book/index.md", "exec"), names)
    assert f"{names['loss']:.6f}" == "0.304756"


# The quiz


QUIZ = read("book/quiz.md")


def answer(letter: str) -> str:
    """Return the text of one question, its options and what they answer."""
    found = re.search(rf'^<div class="question" id="q-quiz-{letter}">.*?^</div>$', QUIZ, flags=re.DOTALL | re.MULTILINE)
    assert found, letter
    return found[0].replace("−", "-")


def binary(activation: nn.Module, loss: nn.Module, z: list[float], y: list[float]) -> tuple[float, list[float]]:
    logits = torch.tensor(z, requires_grad=True)
    value = loss(activation(logits), torch.tensor(y))
    value.backward()
    return value.item(), logits.grad.tolist()


def classes(activation: nn.Module, loss: nn.Module, z: list[float], label: int) -> tuple[float, list[float]]:
    logits = torch.tensor([z], requires_grad=True)
    value = loss(activation(logits), torch.tensor([label]))
    value.backward()
    return value.item(), logits.grad[0].tolist()


def test_every_answer_names_a_chapter() -> None:
    letters = re.findall(r'^<div class="question" id="q-quiz-(\w)">', QUIZ, flags=re.MULTILINE)
    assert letters == list("abcdefghijklmnopqr")
    for letter in letters:
        assert re.search(r"\]\(#(ch|quiz-part)-", answer(letter)), letter


def test_quiz_a_nothing_then_bceloss() -> None:
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        binary(nn.Identity(), nn.BCELoss(), [2.0, -1.0], [1.0, 0.0])
    silent, _ = binary(nn.Identity(), nn.BCELoss(), [0.3, 0.9], [1.0, 0.0])
    right, _ = binary(nn.Identity(), nn.BCEWithLogitsLoss(), [0.3, 0.9], [1.0, 0.0])
    assert f"{right:.3f}, and it is {silent:.3f}" in answer("a")


def test_quiz_b_nothing_then_bcewithlogitsloss() -> None:
    loss, (slope,) = binary(nn.Identity(), nn.BCEWithLogitsLoss(), [20.0], [0.0])
    assert f"{loss:.0f} and {slope:.0f}" in answer("b")
    assert binary(nn.Identity(), nn.BCEWithLogitsLoss(), [-17.0], [0.0])[0] == 0
    mirrored, _ = binary(nn.Identity(), nn.BCEWithLogitsLoss(), [17.0], [1.0])
    assert f"{mirrored:.2e}".replace("e-0", "e-") in answer("b")
    assert binary(nn.Identity(), nn.BCEWithLogitsLoss(), [20.0], [1.0])[1] == [0]


def test_quiz_c_sigmoid_then_bceloss() -> None:
    moderate = [2.0, -1.0, 0.5], [1.0, 0.0, 1.0]
    assert math.isclose(
        binary(nn.Sigmoid(), nn.BCELoss(), *moderate)[0],
        binary(nn.Identity(), nn.BCEWithLogitsLoss(), *moderate)[0],
        rel_tol=1e-6,
    )
    assert binary(nn.Sigmoid(), nn.BCELoss(), [20.0], [0.0]) == (100, [0])
    assert binary(nn.Identity(), nn.BCEWithLogitsLoss(), [20.0], [0.0]) == (20, [1])


def test_quiz_d_sigmoid_then_bcewithlogitsloss() -> None:
    for y, sign, floor in ((1.0, 1, "0.3133"), (0.0, -1, "0.6931")):
        lowest, _ = binary(nn.Sigmoid(), nn.BCEWithLogitsLoss(), [sign * 100.0], [y])
        assert f"{lowest:.4f}" == floor
        assert floor in answer("d")
        assert binary(nn.Sigmoid(), nn.BCEWithLogitsLoss(), [sign * 3.0], [y])[0] > lowest
    highest = torch.sigmoid(torch.sigmoid(torch.tensor(100.0))).item()
    assert f"0.5 and {highest:.3f}" in answer("d")


def test_quiz_e_logsigmoid_then_bceloss() -> None:
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        binary(nn.LogSigmoid(), nn.BCELoss(), [2.0, -1.0], [1.0, 0.0])


def test_quiz_f_logsigmoid_then_bcewithlogitsloss() -> None:
    found, _ = binary(nn.LogSigmoid(), nn.BCEWithLogitsLoss(), [20.0], [1.0])
    right, _ = binary(nn.Identity(), nn.BCEWithLogitsLoss(), [20.0], [1.0])
    assert f"{found:.4f}" == "0.6931"
    assert f"{right:.0e}".replace("e-0", "e-") == "2e-9"
    assert "0.6931" in answer("f")
    assert "2e-9" in answer("f")


def test_quiz_part_two() -> None:
    z, nothing, soft, log = [2.0, -1.0, 0.5], nn.Identity(), nn.Softmax(-1), nn.LogSoftmax(-1)
    nll, cross = nn.NLLLoss(), nn.CrossEntropyLoss()
    best, _ = classes(nothing, cross, z, 0)
    assert f"{best:.4f}" in answer("h")
    assert classes(nothing, nll, z, 0) == (-2, [-1, 0, 0])
    assert "it is -2." in answer("g")
    probability = torch.softmax(torch.tensor(z), -1)[0].item()
    assert math.isclose(classes(soft, nll, z, 0)[0], -probability, rel_tol=1e-6)
    truth = np.array([0.5, 0.3, 0.2])
    assert f"{-truth @ truth:.2f} on average" in answer("i")
    assert f"less, {-truth[0]:.2f}" in answer("i")
    assert f"{classes(soft, cross, [200.0, 0.0, 0.0], 0)[0]:.4f}" in answer("j")
    for loss in (nll, cross):
        value, slopes = classes(log, loss, z, 0)
        assert math.isclose(value, best, rel_tol=1e-6)
        np.testing.assert_allclose(slopes, classes(nothing, cross, z, 0)[1], rtol=1e-5)


def test_quiz_part_three() -> None:
    assert np.prod(np.full(2000, 0.5)) == 0
    assert f"{2000 * math.log(0.5):.1f}" in answer("m")
    assert f"{bce_lib.entropy(0.7):.4f}" in answer("n")
    labels, column = np.ones(100), np.full((100, 1), 0.5)
    assert (labels * np.log(column)).size == 10_000
    assert np.float32(1) - np.float32(1e-15) == 1
    p = bce_lib.sigmoid(-8.0)
    cross_entropy, squared = p - 1, 2 * (p - 1) * p * (1 - p)
    assert f"{cross_entropy:.5f}" in answer("r")
    assert f"{squared:.1e}".replace("e-0", "e-") in answer("r")
    assert round(cross_entropy / squared, -2) == 1_500
    assert "fifteen hundred" in answer("r")


# Notation and reference


def test_the_table_of_formats_is_that_of_the_formats() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", read("book/notation.md").replace("−", "-"), flags=re.MULTILINE)
    formats = {name: cells.split(" | ") for name, cells in rows if name in PRECISION}
    assert set(formats) == set(PRECISION)
    for name, cells in formats.items():
        bits = PRECISION[name]
        largest = torch.finfo(getattr(torch, name)).max
        expected = [
            f"{bits}",
            f"1 - {2.0**-bits:.1e}".replace("e-0", "e-"),
            f"{math.log(2 ** (bits + 1) - 1):.1f}",
            f"{math.log(2) - math.log(SMALLEST[name]):.1f}",
            f"{largest:.1e}".replace("e+0", "e").replace("e+", "e"),
        ]
        assert cells == expected


@pytest.mark.parametrize("name", sorted(PRECISION))
def test_the_sigmoid_rounds_to_1_where_the_table_says(name: str) -> None:
    threshold = math.log(2 ** (PRECISION[name] + 1) - 1)
    with mp.workdps(50):
        complements = [1 / (1 + mp.exp(threshold + shift)) for shift in (-1e-3, 1e-3)]
    # Below 1 the numbers lie 2⁻ᵗ apart, so what is nearer to 1 than half of that rounds to it.
    assert [complement < mp.mpf(2) ** -(PRECISION[name] + 1) for complement in complements] == [False, True]
    below_one = torch.nextafter(torch.ones((), dtype=getattr(torch, name)), torch.zeros((), dtype=getattr(torch, name)))
    assert 1 - below_one.item() == 2.0 ** -PRECISION[name]


def public_functions() -> set[str]:
    """Return what is public in bce_lib, as one writes it behind the package's name."""
    top = {name for name in bce_lib.__all__ if not inspect.ismodule(getattr(bce_lib, name))}
    inside = {module.name for module in pkgutil.iter_modules(bce_lib.__path__) if not module.name.startswith("_")}
    modules = {name: import_module(f"bce_lib.{name}") for name in inside}
    return top | {f"{name}.{own}" for name, module in modules.items() for own in getattr(module, "__all__", [])}


def test_the_reference_lists_every_public_function() -> None:
    listed = set(re.findall(r"<bce_lib\.([\w.]+)>", read("book/api/index.md")))
    of_the_audit = {"audit.Check", "audit.Finding", "audit.Report", "audit.checks"}  # on its own page
    assert listed == public_functions() - of_the_audit


def test_every_public_function_is_described_on_one_page() -> None:
    described: list[str] = []
    for page in (ROOT / "book" / "api").glob("*.md"):
        module = "bce_lib"
        for kind, name in re.findall(
            r"^\.\. (currentmodule|auto\w+):: ([\w.]+)$", page.read_text(encoding="utf-8"), re.M
        ):
            module = name if kind in ("currentmodule", "automodule") else module
            if kind in ("autofunction", "autoclass", "autodata"):
                described.append(name if name.startswith("bce_") else f"{module}.{name}")
    assert len(set(described)) == len(described)
    assert {f"bce_lib.{name}" for name in public_functions()} <= set(described)


def test_every_source_is_complete_and_has_a_key_of_its_author_and_year() -> None:
    entries: list[tuple[str, str, str]] = re.findall(
        r"^@(\w+)\{(\w+),\n(.*?)^\}", read("book/references.bib"), flags=re.DOTALL | re.MULTILINE
    )
    assert len(entries) == len({key for _, key, _ in entries}) > 15
    for _, key, text in entries:
        fields: dict[str, Any] = dict(re.findall(r"(\w+) = \{(.*)\},?$", text, flags=re.MULTILINE))
        assert {"author", "title", "year"} <= set(fields), key
        assert key.endswith(fields["year"]), key
