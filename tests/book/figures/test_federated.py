"""What the figures of the chapter on federated averaging draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from bce_book.figures import federated as figures

EXCESS = {"mixed": {"1": [0.4, 0.2, 0.1], "5": [0.4, 0.1, 0.01]}, "apart": {"1": [0.4, 0.3, 0.2], "5": [0.4, 0.2, 0.2]}}


def test_a_panel_has_the_rounds_of_its_title() -> None:
    panels = figures.rounds(EXCESS)
    for panel, (title, lines) in zip(panels, EXCESS.items(), strict=True):
        assert panel.get_title(loc="left") == title
        assert {line.get_label(): list(line.get_ydata()) for line in panel.lines} == lines
        assert panel.get_yscale() == "log"
        assert panel.get_xlim() == (0, 2)


def test_every_image_is_in_its_row_and_cut_off_at_paper_and_ink() -> None:
    sent, found = np.zeros((2, 784)), np.zeros((2, 784))
    sent[1, 27], found[0, 0], found[1, 783] = 0.5, -2, 3
    axes = figures.images({"sent": sent, "found": found})
    canvas = axes.images[0].get_array()
    assert {tuple(place) for place in np.argwhere(canvas)} == {(1, 31 + 27), (31 + 27, 31 + 27)}
    assert (canvas[1, 58], canvas[58, 58]) == (0.5, 1)
    assert [text.get_text() for text in axes.texts] == ["sent", "found"]


def test_images_are_drawn_where_they_are_told_to() -> None:
    axes = plt.figure().add_subplot()
    assert figures.images({"a": np.ones((2, 784))}, axes=axes) is axes
    assert axes.has_data()


def test_panels_are_drawn_where_they_are_told_to() -> None:
    _, grid = plt.subplots(1, 2)
    assert list(figures.rounds(EXCESS, axes=grid)) == list(grid)
    assert all(axes.has_data() for axes in grid)
