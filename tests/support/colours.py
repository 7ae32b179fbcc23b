"""Colours as the pages show them and as eyes see them: contrast, difference, the dark theme, colour blindness.

A colour is three numbers from 0 to 1: sRGB as it is written, or linear in light where a function says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float64]

DARK_PAGE = "#121212"
"""The ground of the theme's dark pages."""

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""How much each linear component adds to brightness (Rec. ITU-R BT.709, as WCAG 2 has it)."""

# CSS Filter Effects, hue-rotate at 180 degrees: cos = −1, sin = 0.
HALF_A_TURN = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])

# Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation of color vision deficiency,
# IEEE Transactions on Visualization and Computer Graphics 15(6), table 1, severity 1.0; on linear components.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}

# IEC 61966-2-1: from linear sRGB to CIE XYZ, whose white is D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def colour(name: str) -> Colour:
    """Return the components of ``#rrggbb``."""
    return np.array([int(name[k : k + 2], 16) / 255 for k in (1, 3, 5)])


def linear(srgb: Colour) -> Any:
    """Return the components that are linear in light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: Colour, other: Colour) -> float:
    """Return the ratio of contrast of WCAG 2, from 1 to 21."""
    low, high = sorted(float(LUMINANCE @ linear(each)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


def in_the_dark(srgb: Colour, page: Colour | None = None) -> Any:
    """Return what figures.css makes of a colour on a dark page: invert, half a turn of the hue, screen."""
    page = colour(DARK_PAGE) if page is None else page
    shown = np.clip(HALF_A_TURN @ (1 - srgb), 0, 1)
    return 1 - (1 - shown) * (1 - page)


def seen_with(blindness: str, srgb: Colour) -> Any:
    """Return the linear components of what somebody with this blindness sees."""
    return np.clip(BLINDNESS[blindness] @ linear(srgb), 0, 1)


def difference(one: Colour, other: Colour) -> float:
    """Return the distance of two linear colours in CIELAB: about 2.3 is just noticed."""
    return float(np.linalg.norm(_lab(one) - _lab(other)))


def _lab(components: Colour) -> Colour:
    x, y, z = TO_XYZ @ components / TO_XYZ.sum(axis=1)
    f = [np.cbrt(t) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
