"""The house style: one place, and the same bytes for the same figure."""

from __future__ import annotations

import inspect
import io
import json
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes

from bce_book.figures import style
from bce_book.figures.loop import surprises
from bce_book.figures.style import Panels, figure
from colours import BLINDNESS, DARK_PAGE, Colour, colour, contrast, difference, in_the_dark, linear, seen_with
from places import ROOT
from plain_notebooks import to_myst

SHEET = (ROOT / "book" / "_static" / "figures.css").read_text(encoding="utf-8")
PALETTE = {name: getattr(style, name) for name in ("BLUE", "ORANGE", "GREEN", "PINK", "YELLOW", "SKY", "BLACK")}
LIGHTNESS = re.compile(r"\b(black|white|dark\w*|light)\b", flags=re.IGNORECASE)
WHITE, GROUND = colour("#ffffff"), colour(DARK_PAGE)


def pictures() -> dict[str, tuple[str, str]]:
    """Return each figure of the chapters by its name on the page: the SVG, and its caption with alternative text."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in to_myst(cells, path.stem, {}):  # with its caption, wherever the notebook has it
            about = cell["metadata"].get("mystnb", {})
            for output in cell.get("outputs", []):
                if "figure" in about and "image/svg+xml" in output.get("data", {}):
                    words = f"{about['figure']['caption']} {about['image']['alt']}"
                    name = about["figure"]["name"].replace("_", "-")
                    found[name] = "".join(output["data"]["image/svg+xml"]), words
    return found


PICTURES = pictures()
AS_PRINTED = set(re.findall(r"#(fig-[\w-]+)", SHEET))


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


@figure(figsize=(4, 3))
def line(axes: Axes, heights: list[float], *, label: str = "drawn") -> None:
    """Draw a line.

    It is straight between its points.

    Parameters
    ----------
    heights : list of float
        From left to right.

    Raises
    ------
    TypeError
        If they are no numbers.
    """
    axes.plot(heights, label=label)


@figure(panels=2, columns=2, sharey=True)
def two_lines(panels: Panels) -> None:
    """Draw two lines.

    Examples
    --------
    >>> left, right = two_lines()
    """
    for panel in panels:
        panel.plot([0, 1])


@figure(
    panels=lambda lines: len(lines),
    columns=lambda lines, wide: len(lines) if wide else 1,
    figsize=lambda lines: (3.0, 1.5 * len(lines)),
)
def many_lines(panels: Panels, title: str, lines: list[list[float]], wide: bool = False) -> None:
    """Draw each line in a panel."""
    for panel, heights in zip(panels, lines, strict=True):
        panel.plot(heights)
        panel.set_title(title)


def test_a_figure_takes_the_arguments_of_its_function_and_optional_axes() -> None:
    assert str(inspect.signature(line)) == (
        "(heights: 'list[float]', *, label: 'str' = 'drawn', axes: 'Axes | None' = None) -> 'Axes'"
    )
    assert str(inspect.signature(two_lines)) == "(*, axes: 'Panels | None' = None) -> 'Panels'"
    assert inspect.get_annotations(line, eval_str=True)["return"] is Axes


def test_the_docstring_of_a_figure_has_the_axes_after_the_parameters_and_what_is_returned_after_them() -> None:
    assert line.__doc__ == inspect.cleandoc(
        """Draw a line.

        It is straight between its points.

        Parameters
        ----------
        heights : list of float
            From left to right.
        axes : matplotlib.axes.Axes, optional
            Where to draw; by default on a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        TypeError
            If they are no numbers.
        """
    )


def test_the_docstring_of_panels_says_so_and_gets_parameters_where_there_were_none() -> None:
    assert two_lines.__doc__ == inspect.cleandoc(
        """Draw two lines.

        Parameters
        ----------
        axes : sequence of matplotlib.axes.Axes, optional
            Where to draw, one for each panel; by default on a new figure.

        Returns
        -------
        numpy.ndarray of matplotlib.axes.Axes
            The axes drawn on.

        Examples
        --------
        >>> left, right = two_lines()
        """
    )
    assert many_lines.__doc__.startswith("Draw each line in a panel.\n\nParameters\n----------\naxes : sequence of")


def test_a_figure_draws_on_the_axes_it_is_given_and_returns_them() -> None:
    given = plt.figure().add_subplot()
    assert line([1, 2, 4], axes=given) is given
    assert list(given.lines[0].get_ydata()) == [1, 2, 4]
    assert len(plt.get_fignums()) == 1


def test_a_figure_makes_axes_of_its_own_in_the_style_and_the_size_asked_for() -> None:
    axes = line(heights=[1, 2], label="mine")
    assert tuple(axes.figure.get_size_inches()) == (4, 3)
    assert not axes.spines["top"].get_visible()
    assert axes.lines[0].get_label() == "mine"


def test_panels_are_made_or_taken_and_another_number_is_an_error() -> None:
    own = two_lines()
    assert own.shape == (2,)
    assert not own[0].spines["top"].get_visible()
    left, right = (panel.get_position() for panel in own)
    assert left.x1 <= right.x0
    _, given = plt.subplots(2, 2)
    assert list(two_lines(axes=given[0])) == list(given[0])
    assert all(axes.has_data() for axes in given[0])
    with pytest.raises(ValueError, match="axes holds 4 axes: this figure has 2 panels"):
        two_lines(axes=given)
    assert not any(axes.has_data() for axes in given[1])


@pytest.mark.parametrize(("wide", "columns"), [(False, 1), (True, 3)])
def test_the_layout_may_depend_on_any_of_the_arguments_however_they_are_passed(wide: bool, columns: int) -> None:
    lines = [[0, 1], [1, 0], [2, 2]]
    for panels in (many_lines("a", lines, wide), many_lines(wide=wide, lines=lines, title="a")):
        assert panels[0].get_gridspec().ncols == columns
        assert tuple(panels[0].figure.get_size_inches()) == (3, 4.5)
        assert [list(panel.lines[0].get_ydata()) for panel in panels] == lines
    assert many_lines("a", lines)[0].get_gridspec().ncols == 1  # by default
    with pytest.raises(ValueError, match="axes holds 2 axes: this figure has 3 panels"):
        many_lines("a", lines, axes=two_lines())


def test_a_call_that_does_not_fit_leaves_no_empty_figure_behind() -> None:
    for wrong in (lambda: line(), lambda: line([1], [2]), lambda: line([1], colour="red")):
        with pytest.raises(TypeError):
            wrong()
    assert plt.get_fignums() == []


def closest(blindness: str, colours: list[str], dark: bool) -> float:
    shown = [in_the_dark(colour(each)) if dark else colour(each) for each in colours]
    seen = [seen_with(blindness, each) for each in shown]
    return min(difference(one, other) for one, other in combinations(seen, 2))


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(("dark", "least"), [(False, 16), (True, 12)])
def test_any_eye_can_tell_the_colours_apart(blindness: str, dark: bool, least: float) -> None:
    assert closest(blindness, list(PALETTE.values()), dark) > least  # 2.3 is just noticed


def test_red_and_green_of_other_palettes_would_not_pass() -> None:
    traffic_lights = ["#d62728", "#2ca02c"]  # Matplotlib's own red and green
    assert closest("none", traffic_lights, dark=False) > 100
    assert closest("deuteranopia", traffic_lights, dark=False) < 12


def test_the_simulation_leaves_grey_as_it_is() -> None:
    for blindness in BLINDNESS:
        assert difference(seen_with(blindness, colour("#777777")), linear(colour("#777777"))) < 0.1


def test_the_measures_are_those_of_their_definitions() -> None:
    black, white = colour("#000000"), colour("#ffffff")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(colour("#767676"), white) == pytest.approx(4.54, abs=0.01)  # the lightest grey that passes AA
    assert difference(linear(black), linear(white)) == pytest.approx(100, abs=1e-6)  # lightness goes from 0 to 100
    assert in_the_dark(white) == pytest.approx(colour(DARK_PAGE))  # paper vanishes, whatever the page's colour


def test_the_sheet_does_what_the_computation_takes_it_to_do() -> None:
    assert "filter: invert(1) hue-rotate(180deg); mix-blend-mode: screen;" in SHEET


@pytest.mark.parametrize("name", PALETTE)
def test_a_line_is_seen_in_the_dark(name: str) -> None:
    shown = in_the_dark(colour(PALETTE[name]))
    assert contrast(shown, colour(DARK_PAGE)) >= 3
    red, _, blue = shown.round(9)
    assert (blue > red) == (name in ("BLUE", "SKY", "GREEN"))  # hues stay: what the text calls blue is bluish
    assert (red > blue) == (name in ("ORANGE", "YELLOW", "PINK"))


def written(svg: str) -> list[Colour]:
    """Return the colours on white of the words in a figure. White words are left out: they stand on a patch of colour."""
    found = []
    for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        if text.get("id", "").startswith("text_"):
            styles = "; ".join(part.get("style", "") for part in text.iter("{http://www.w3.org/2000/svg}g"))
            fill = re.search(r"fill: (#\w{6})", styles)
            opacity = re.search(r"opacity: ([\d.]+)", styles)
            found.append(1 - (1 - colour(fill[1] if fill else "#000000")) * float(opacity[1] if opacity else 1))
    return [each for each in found if contrast(each, WHITE) > 1.1]


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_words_in_a_figure_are_read(name: str) -> None:
    for each in written(PICTURES[name][0]):
        assert contrast(each, WHITE) >= 4.5, each
        if name not in AS_PRINTED:
            assert contrast(in_the_dark(each), GROUND) >= 4.5, each


@pytest.mark.parametrize("name", PALETTE)
def test_words_of_any_colour_of_the_palette_can_be_read(name: str) -> None:
    shade = colour(style.WRITTEN.get(PALETTE[name], PALETTE[name]))
    assert contrast(shade, WHITE) >= 4.5
    assert contrast(in_the_dark(shade), GROUND) >= 4.5


def test_a_figure_writes_in_the_shades_of_its_lines() -> None:
    @figure()
    def named(axes: Axes) -> None:
        axes.plot([0, 1], color=style.ORANGE, label="loss")
        axes.annotate("loss", (0, 1), color=style.ORANGE)
        axes.annotate("axis", (1, 0))
        axes.legend(labelcolor="linecolor")

    axes = named()
    assert axes.lines[0].get_color() == style.ORANGE
    shade = style.WRITTEN[style.ORANGE]
    assert [text.get_color() for text in [*axes.texts, *axes.get_legend().get_texts()]] == [shade, "black", shade]


def test_figures_stay_as_printed_where_a_negative_would_mislead() -> None:
    misleading = {name for name, (svg, words) in PICTURES.items() if "<image" in svg or LIGHTNESS.search(words)}
    assert misleading == AS_PRINTED
