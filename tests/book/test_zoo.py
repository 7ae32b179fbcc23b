"""The comparison of all losses: who is in it, that it asks each in a process of its own, and that the book explains it."""

from __future__ import annotations

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup

from bce_book.zoo import PEERS, Findings, Peer, formulas, survey, table
from bce_lib import binary_cross_entropy, binary_cross_entropy_with_logits
from bce_lib.audit import Finding, Report, checks
from bce_lib.audit.cli import _parser
from places import notebook_of

CELLS = nbformat.read(notebook_of("conformance"), as_version=4).cells
Y, Z = np.float32([0, 1, 0, 1, 0.3]), np.float32([-3, -0.5, 0.25, 2, 1])


def peer(name: str) -> Peer:
    return next(peer for peer in PEERS if str(peer) == name)


def report(**statuses: str) -> Report:
    return Report(
        "a loss",
        [Finding(c.name, statuses.get(c.name.replace("-", "_"), "not applicable"), "", "", "", "") for c in checks],
    )


def test_every_peer_has_a_name_of_its_own():
    assert len({str(peer) for peer in PEERS}) == len(PEERS)


def test_the_peers_are_those_that_the_world_trains_with_and_ours_on_every_engine():
    targets = {(peer.loss.partition(":")[0], peer.framework, peer.takes, peer.backend) for peer in PEERS}
    for backend in ("tensorflow", "jax", "torch", "numpy"):
        assert ("keras.losses", "keras", "probabilities", backend) in targets
    assert {framework for module, framework, *_ in targets if module == "bce_lib"} == {"numpy", "torch", "jax"}
    assert sum(peer.loss.startswith("torch.") for peer in PEERS) == 3
    assert {peer.family for peer in PEERS} >= {"TensorFlow", "optax", "scikit-learn"}


@pytest.mark.parametrize("peer", PEERS, ids=str)
def test_the_command_of_a_peer_is_one_that_bce_audit_takes(peer):
    options = _parser().parse_args(peer.command())
    assert (options.loss, options.framework, options.takes, options.order) == (
        peer.loss,
        peer.framework,
        peer.takes,
        peer.order,
    )


@pytest.mark.parametrize("name", ["max_form", "logaddexp_form", "log_expit_form", "textbook_of_logits"])
def test_a_formula_of_logits_is_the_loss_where_predictions_are_moderate(name):
    right = binary_cross_entropy_with_logits(Y, Z, reduction="none")
    np.testing.assert_allclose(getattr(formulas, name)(Y, Z), right, rtol=1e-5)


@pytest.mark.parametrize("name", ["textbook", "textbook_clip_1e15", "textbook_clip_1e7", "xlogy_form"])
def test_a_formula_of_probabilities_is_the_loss_where_predictions_are_moderate(name):
    p = 1 / (1 + np.exp(-Z))
    np.testing.assert_allclose(getattr(formulas, name)(Y, p), binary_cross_entropy(Y, p, reduction="none"), rtol=1e-5)


def test_a_survey_returns_one_report_per_peer_in_order():
    chosen = [peer("NumPy, logits: logaddexp(0,z) − zy"), peer("NumPy, probabilities: SciPy's xlogy")]
    reports = survey(chosen, progress=False)
    assert list(reports) == chosen
    assert [f.check for f in reports[chosen[0]].findings] == [check.name for check in checks]
    assert reports[chosen[0]]["tail-1"].status == "fail"
    assert reports[chosen[1]]["tail-1"].status == "pass"


def test_keras_runs_on_the_backend_that_the_peer_names():
    keras = peer("Keras, probabilities: NumPy")
    assert survey([keras], progress=False)[keras]["gradient-float32"].status == "not applicable"


def test_an_audit_that_cannot_run_says_why():
    with pytest.raises(
        RuntimeError, match="the audit of nobody: nothing could not run: .*'nowhere' cannot be imported"
    ):
        survey([Peer("nobody", "nothing", "nowhere:loss")], progress=False)


def test_progress_is_shown_on_standard_error_alone(capsys):
    survey([peer("NumPy, logits: max(z,0) − zy + log1p")])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "1/1" in shown.err


def test_a_table_has_a_column_per_peer_and_leaves_out_what_applies_to_none():
    a, b, c = Peer("one", "a", "m:f"), Peer("one", "b", "m:f"), Peer("two", "c", "m:f")
    reports = {a: report(symmetry="pass"), b: report(symmetry="fail", nan="pass"), c: report(quiet="fail")}
    whole = table(reports)
    assert list(whole.columns) == ["one: a", "one: b", "two: c"]
    assert list(whole.index) == ["quiet", "symmetry", "nan"]
    one = table(reports, "one")
    assert one.to_dict("list") == {"a": ["✓", "–"], "b": ["✗", "✓"]}
    with pytest.raises(ValueError, match="there is no family 'three'; there are 'one', 'two'"):
        table(reports, "three")


def test_the_chapter_stores_what_every_loss_fails():
    at = next(n for n, cell in enumerate(CELLS) if cell.metadata.get("anchor") == "conformance-lines")
    table = BeautifulSoup(CELLS[at + 1].outputs[0]["data"]["text/html"], "lxml")
    rows = {row.th.get_text(): {item["data-check"] for item in row.select("li")} for row in table.select("tbody tr")}
    assert list(rows) == [str(peer) for peer in PEERS]
    for names in rows.values():
        assert names <= {check.name for check in checks}


def test_the_findings_are_a_table_with_a_row_per_loss_that_holds_the_words_of_the_audit():
    finding = Finding("tail-0", "fail", "0 < 3 & lost", "y_true=0", "", "")
    other = Finding("quiet", "pass", "", "", "", "")
    left_out = Finding("float16", "not applicable", "", "", "", "")
    chosen = [peer("NumPy, logits: logaddexp(0,z) − zy"), peer("NumPy, probabilities: SciPy's xlogy")]
    shown = Findings({chosen[0]: Report("a", [other, finding, left_out]), chosen[1]: Report("b", [other])})
    assert repr(shown) == "2 losses, 1 failure"
    soup = BeautifulSoup(shown._repr_html_(), "lxml")
    first, second = soup.select("tbody tr")
    assert first["data-family"] == chosen[0].family
    assert [cell.get_text() for cell in first.select("th, td")[:2]] == [str(chosen[0]), "1 of 2"]
    assert [item.get_text() for item in first.select("li")] == ["✗ tail-0: 0 < 3 & lost at y_true=0", "✓ quiet"]
    assert second.summary.get_text() == "none failed"
