"""The house style: one place, and the same bytes for the same figure."""

from __future__ import annotations

import io
import json
import re
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from bce_book.figures import style
from bce_book.figures.loop import surprises
from colours import BLINDNESS, DARK_PAGE, colour, contrast, difference, in_the_dark, linear, seen_with
from places import ROOT

SHEET = (ROOT / "book" / "_static" / "figures.css").read_text(encoding="utf-8")
PALETTE = {name: getattr(style, name) for name in ("BLUE", "ORANGE", "GREEN", "PINK", "YELLOW", "SKY", "BLACK")}
LIGHTNESS = re.compile(r"\b(black|white|dark\w*|light)\b", flags=re.IGNORECASE)
WRITTEN = re.compile(r'<g id="text_\d+">\s*<!--.*?-->\s*<g (?:style="(?:[^"]*?fill: (#\w{6}))?)?', flags=re.DOTALL)


def pictures() -> dict[str, tuple[str, str]]:
    """Return each figure of the chapters by its name on the page: the SVG, and its caption with alternative text."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
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


@pytest.mark.parametrize("name", sorted(set(PICTURES) - AS_PRINTED))
def test_words_in_a_figure_are_read_in_the_dark(name: str) -> None:
    for found in WRITTEN.finditer(PICTURES[name][0]):
        written = colour(found[1] or "#000000")
        if contrast(written, colour("#ffffff")) > 1.1:  # white words stand on a patch of colour
            assert contrast(in_the_dark(written), colour(DARK_PAGE)) >= 4.5, found[0]


def test_figures_stay_as_printed_where_a_negative_would_mislead() -> None:
    misleading = {name for name, (svg, words) in PICTURES.items() if "<image" in svg or LIGHTNESS.search(words)}
    assert misleading == AS_PRINTED
