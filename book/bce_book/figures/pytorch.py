"""Figures of the chapter *pytorch*: which steps its names stand for, and where digits and trainings are lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from bce_book.figures.logits import error_panels, name_lines
from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, YELLOW, Panels, figure, new_panels
from bce_lib import sigmoid, softplus

STATIONS = ("logit", "probability", "log-\nprobability", "loss")
"""What a classifier's output passes through."""

STEPS = {
    "Sigmoid": (0, 1),
    "LogSigmoid": (0, 2),
    "BCELoss": (1, 3),
    "BCEWithLogitsLoss": (0, 3),
    "Softmax": (0, 1),
    "LogSoftmax": (0, 2),
    "NLLLoss": (2, 3),
    "CrossEntropyLoss": (0, 3),
}
"""From which station to which each of PyTorch's names goes: two classes by one number first, then by a number each."""

LAYERS = ("Sigmoid", "LogSigmoid", "Softmax", "LogSoftmax")
"""The names that go between a model and its loss."""

_STYLES: tuple[dict[str, Any], ...] = (
    {"color": ORANGE, "linewidth": 2.0},
    {"color": GREEN, "linewidth": 4.0, "alpha": 0.5, "zorder": 1.5},
    {"color": BLUE, "linewidth": 1.6, "linestyle": (0, (4, 2))},
    {"color": BLACK, "linewidth": 1.2, "linestyle": (0, (1, 2))},
)


@figure(figsize=(5.6, 3.8))
def names(axes: Axes) -> None:
    """Draw which of the steps from a logit to a loss each of PyTorch's names does.

    Examples
    --------
    >>> from bce_book.figures import pytorch
    >>> axes = pytorch.names()
    """
    half = len(STEPS) // 2
    rows = [-(i + (i >= half) * 0.8) for i in range(len(STEPS))]
    for row, (name, (start, end)) in zip(rows, STEPS.items(), strict=True):
        colour = SKY if name in LAYERS else YELLOW
        axes.barh(row, end - start, left=start, height=0.66, color=colour)
        middle = (start + end) / 2
        axes.annotate(name, (middle, row), ha="center", va="center", fontsize=9, weight="bold")
    for row, words in ((rows[0], "one number\nfor two classes"), (rows[half], "a number\nfor each class")):
        axes.annotate(words, (3.12, row - 1.5), va="center")
    axes.set_xticks(range(len(STATIONS)), STATIONS)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(yticks=[], xlim=(-0.3, 4.2), ylim=(rows[-1] - 0.6, 0.6))
    axes.spines[:].set_visible(False)
    axes.grid(visible=False, axis="y")


def errors(
    loss: Mapping[str, Mapping[float, ArrayLike]], gradient: Mapping[str, Mapping[float, ArrayLike]], z: ArrayLike
) -> NDArray[Any]:
    """Draw the errors of losses over the logit, and beside each that of its gradient.

    Parameters
    ----------
    loss, gradient : mapping from str to mapping from float to array_like
        By the name of the loss and then by the label, the errors in ulp; both have the same names.
    z : array_like
        The logits where they were measured.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        A row for each name, a column for the loss and one for the gradient; see
        :func:`bce_book.figures.logits.error_panels` for what a panel shows.

    Examples
    --------
    >>> from bce_book.figures import pytorch
    >>> measured = {"one": {1: [0.5, 0.4], 0: [2.0, 1.0]}}
    >>> pytorch.errors(measured, measured, [-0.2, 0.7]).shape
    (1, 2)
    """
    size = (5.6, 1.22 * len(loss) + 1.1)
    panels = new_panels(2 * len(loss), columns=2, figsize=size, sharex=True, sharey=True)
    grid = panels.reshape(len(loss), 2)
    error_panels(loss, z, axes=grid[:, 0])
    error_panels(gradient, z, axes=grid[:, 1])
    for left, right in grid:
        left.set_title(left.get_title(loc="left"), loc="left", fontsize=9, fontweight="bold")
        right.set_title("its gradient", loc="left", fontsize=9, fontweight="normal")
        left.set_ylabel("ulp")
        for axes in (left, right):
            axes.set_yticks([1, 1e6, 2e10], ["1", "10⁶", "∞"])
    for axes in grid[-1]:
        axes.set_xlabel("logit z")
    name_lines(panels, (1, 0))
    return grid


@figure(panels=2, columns=2, figsize=(5.6, 3.2), sharey=True)
def tails(panels: Panels, loss: Mapping[str, ArrayLike], gradient: Mapping[str, ArrayLike], margin: ArrayLike) -> None:
    """Draw what is returned for predictions that are right by a margin, as multiples of what is right.

    The loss is on the left, the gradient on the right.

    Parameters
    ----------
    loss : mapping from str to array_like
        By name, the losses of label 0 at the logits −margin.
    gradient : mapping from str to array_like
        By name, the gradients of label 1 at the logits +margin.
    margin : array_like
        The margins m > 0, rising.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import pytorch
    >>> m = np.array([8.0, 9.0])
    >>> left, right = pytorch.tails({"exp": np.exp(-m)}, {"exp": -np.exp(-m)}, m)
    """
    m = np.asarray(margin, dtype=np.float64)
    for panel, values, right in ((panels[0], loss, softplus(-m)), (panels[1], gradient, -sigmoid(-m))):
        for (name, returned), style in zip(values.items(), _STYLES, strict=False):
            panel.plot(m, np.asarray(returned, dtype=np.float64) / right, label=name, **style)
        panel.set(xlabel="margin m", xlim=(m[0], m[-1]), ylim=(-0.05, 2.3))
    panels[0].set(ylabel="returned / right")
    panels[0].set_title("loss, label 0 at −m", fontsize=10)
    panels[1].set_title("gradient, label 1 at m", fontsize=10)
    panels[0].legend(loc="upper right")


@figure()
def curves(
    axes: Axes,
    histories: Mapping[str, Sequence[float]],
    *,
    ylabel: str = "loss in nats",
    ylim: tuple[float, float] = (0.02, 200.0),
    right: float | None = None,
) -> None:
    """Draw a number that was recorded at every step of a training, one line per training, on a logarithmic axis.

    Parameters
    ----------
    histories : mapping from str to sequence of float
        By the name of the training, the numbers; four at the most.
    ylabel : str
        What the numbers are.
    ylim : tuple of float
        From where to where they go.
    right : float, optional
        What they should arrive at, drawn as a line across.

    Examples
    --------
    >>> from bce_book.figures import pytorch
    >>> axes = pytorch.curves({"a": [1.0, 0.5, 0.3]}, right=0.25)
    """
    for (name, history), style in zip(histories.items(), _STYLES, strict=False):
        axes.plot(range(len(history)), history, label=name, **style)
    if right is not None:
        axes.axhline(right, color=PINK, linewidth=1)
        axes.annotate("right", (0, right), (4, 4), textcoords="offset points", color=PINK)
    longest = max(map(len, histories.values()))
    axes.set(xlabel="step of the training", ylabel=ylabel, yscale="log", xlim=(0, longest - 1), ylim=ylim)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
