"""What the figures of the chapter *vectorized* draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from bce_book.figures import vectorized as figures
from bce_lib import binary_cross_entropy, entropy

LABELS, PROBABILITIES = [1, 0, 1, 1, 0], [0.9, 0.2, 0.6, 0.3, 0.5]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_anatomy_shows_seven_results_and_ends_in_the_loss():
    shown = texts(figures.anatomy(LABELS, PROBABILITIES))
    assert sum(text[:1].isdigit() and "   " in text for text in shown) == 7
    assert shown[-1] == f"{binary_cross_entropy(LABELS, PROBABILITIES):.2f}"


def test_the_anatomy_greys_what_a_label_has_crossed_out():
    boxes = [patch for patch in figures.anatomy(LABELS, PROBABILITIES).patches if isinstance(patch, Rectangle)]
    grey = [box for box in boxes if np.allclose(box.get_facecolor()[:3], 0xF4 / 255)]
    assert len(boxes) == 9 * 5
    # Row 3 is y · log p, crossed out for label 0; row 7 is (1 − y) · log(1 − p), crossed out for label 1.
    assert sorted((round(box.get_y() + 0.4), round(box.get_x() + 0.46)) for box in grey) == [
        (3, 1),
        (3, 4),
        (7, 0),
        (7, 2),
        (7, 3),
    ]


def test_speed_draws_the_ratios_and_the_line_where_both_are_equal():
    axes = figures.speed([1, 100, 10_000], [0.1, 2.0, 20.0])
    ratios, equal = axes.lines
    np.testing.assert_array_equal(ratios.get_data(), [[1, 100, 10_000], [0.1, 2.0, 20.0]])
    assert set(equal.get_ydata()) == {1}
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_ylim()[0] < 0.1 < 20.0 < axes.get_ylim()[1]


def test_the_trap_shows_every_prediction_at_every_label():
    axes = figures.trap(LABELS, PROBABILITIES)
    drawn = axes.collections[0].get_array()
    expected = [[binary_cross_entropy([y], [p]) for y in LABELS] for p in PROBABILITIES]
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)
    assert f"{binary_cross_entropy(LABELS, PROBABILITIES):.4f}" in axes.get_title(loc="left") + axes.get_title()


def test_the_trap_frames_the_diagonal_in_the_colour_of_its_label():
    frames = [patch for patch in figures.trap(LABELS, PROBABILITIES).patches if isinstance(patch, Rectangle)]
    assert [(round(f.get_x() + 0.47), round(f.get_y() + 0.47)) for f in frames] == [(i, i) for i in range(5)]
    colours = [frame.get_edgecolor() for frame in frames]
    assert colours[0] == colours[2] == colours[3] != colours[1] == colours[4]


def test_training_draws_both_histories_and_every_prediction_once():
    histories = {"right": [0.9, 0.3, 0.1], "trap": [0.9, 0.7, 0.67]}
    predictions = {"right": [0.9, 0.1, 0.2, 0.8, 0.3], "trap": [0.6] * 5}
    above, below = figures.training(histories, predictions, LABELS)
    for line, history in zip(above.lines, histories.values(), strict=False):
        np.testing.assert_array_equal(line.get_ydata(), history)
    assert set(above.lines[2].get_ydata()) == {float(entropy(0.6))}
    dots = np.concatenate([line.get_xdata() for line in below.lines if line.get_marker() == "o"])
    assert sorted(dots) == sorted(sum(predictions.values(), []))
    assert [label.get_text() for label in below.get_yticklabels()] == list(predictions)


def test_figures_draw_on_the_axes_they_are_given():
    _, axes = plt.subplots(2, 2)
    assert figures.anatomy(LABELS, PROBABILITIES, axes=axes[0, 0]) is axes[0, 0]
    assert figures.trap(LABELS, PROBABILITIES, axes=axes[0, 1]) is axes[0, 1]
    assert figures.speed([1, 2], [0.5, 2], axes=axes[1, 0]) is axes[1, 0]
    pair = axes[:, 1]
    assert figures.training({"a": [1.0]}, {"a": PROBABILITIES}, LABELS, axes=pair) is pair
    assert len(plt.get_fignums()) == 1
