"""The house style: one place, and the same bytes for the same figure."""

from __future__ import annotations

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from bce_lib.figures import style
from bce_lib.figures.loop import surprises


def test_new_axes_are_in_the_style_without_changing_the_settings() -> None:
    before = dict(mpl.rcParams)
    axes = style.new_axes()
    assert not axes.spines["top"].get_visible()
    assert dict(mpl.rcParams) == before


def test_axes_that_are_given_are_used() -> None:
    axes = plt.figure().add_subplot()
    assert style.new_axes(axes) is axes


def test_use_switches_the_settings_and_makes_figures_repeat_byte_for_byte() -> None:
    with plt.rc_context():
        style.use()
        pictures = []
        for _ in range(2):
            file = io.BytesIO()
            surprises([1, 0], [0.9, 0.2]).figure.savefig(file, format="svg", metadata={"Date": None})
            pictures.append(file.getvalue())
    assert pictures[0] == pictures[1]


def test_the_style_sheet_and_the_named_colours_are_one_palette() -> None:
    sheet = mpl.rc_params_from_file(style.STYLE_SHEET, use_default_template=False)
    cycle = [mpl.colors.to_hex(entry["color"]).upper() for entry in sheet["axes.prop_cycle"]]
    named = [style.BLUE, style.ORANGE, style.GREEN, style.PINK, style.YELLOW, style.SKY, style.BLACK]
    assert cycle == named
    assert style.NEGATIVE != style.POSITIVE


def test_new_panels_are_as_many_as_asked_for_and_the_spare_one_is_hidden() -> None:
    panels = style.new_panels(3, columns=2, figsize=(4, 3))
    assert panels.shape == (3,)
    assert [axes.get_visible() for axes in panels[0].figure.axes] == [True, True, True, False]
    assert panels[0].spines["top"].get_visible() is False  # in the book's style


def test_panels_that_are_given_are_taken_and_counted() -> None:
    given = style.new_panels(4, columns=2)
    assert list(style.new_panels(4, given.reshape(2, 2))) == list(given)
    with pytest.raises(ValueError, match="axes holds 4 axes: this figure has 3 panels"):
        style.new_panels(3, given)
