"""What a data set is made of: where it comes from, and arrays of one of a few kinds.

Each kind is a frozen dataclass that holds a `Source`; its arrays are new at every load. A row, an image, a text, a
sequence or a rating is one *example*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Source:
    """Where data come from and what one may do with them.

    Attributes
    ----------
    name : str
        Who published the data, what they called them, and which copy this is.
    licence : str
        The terms under which they may be used and passed on.
    address : str
        Where they were published.
    description : str
        What was measured, and how.
    """

    name: str
    licence: str
    address: str
    description: str


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Measurements, one row per example and one column per feature, and a label for each row.

    Attributes
    ----------
    features : numpy.ndarray of float64
        Of shape (examples, features).
    target : numpy.ndarray of int64
        The label of each row, from 0 to the number of classes less one.
    feature_names, target_names : tuple of str
        The names of the columns; what each label stands for, from label 0 on.
    source : Source
        Where they come from.

    Examples
    --------
    >>> from bce_book.datasets import load_tumours
    >>> load_tumours()
    Table(569 rows, 30 features; 212 malignant, 357 benign)
    """

    features: NDArray[np.float64]
    target: NDArray[np.int64]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    source: Source

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        _check_lengths(features=self.features, target=self.target)
        if self.features.ndim != 2 or self.features.shape[1] != len(self.feature_names):
            raise ValueError(f"features has shape {self.features.shape}: it needs {len(self.feature_names)} columns")

    def select(self, *names: str) -> NDArray[np.float64]:
        """Return the features of these names, in the order given, as a new array with one column per name.

        Raises
        ------
        ValueError
            If there is no feature of that name.

        Examples
        --------
        >>> from bce_book.datasets import load_tumours
        >>> print(load_tumours().select("worst area", "mean texture")[0])
        [2019.     10.38]
        """
        for name in names:
            if name not in self.feature_names:
                near = get_close_matches(name, self.feature_names) or self.feature_names[:3]
                raise ValueError(f"there is no feature {name!r}; there are, for example, {', '.join(map(repr, near))}")
        return self.features[:, [self.feature_names.index(name) for name in names]]

    def __repr__(self) -> str:
        """Return the sizes, which is what fits in a line."""
        rows, columns = self.features.shape
        return f"Table({rows} rows, {columns} features; {_classes(self.target, self.target_names)})"


@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Pictures, and a label for each.

    Attributes
    ----------
    images : numpy.ndarray of uint8
        Of shape (examples, height, width), or with a last axis of colours.
    target : numpy.ndarray
        The label of each image, or a mask of shape (examples, height, width).
    target_names : tuple of str
        What each label stands for, from label 0 on.
    source : Source
        Where they come from.

    Examples
    --------
    >>> from bce_book.datasets import load_digits
    >>> load_digits()
    Images(5000 of 28 × 28 pixels; 10 classes of 500 each)
    """

    images: NDArray[np.uint8]
    target: NDArray[Any]
    target_names: tuple[str, ...]
    source: Source

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        _check_lengths(images=self.images, target=self.target)
        if self.images.dtype != np.uint8 or self.images.ndim not in (3, 4):
            raise ValueError(
                f"images has dtype {self.images.dtype} and shape {self.images.shape}: pass uint8 of "
                "shape (examples, height, width), with or without colours"
            )

    def flat(self) -> NDArray[np.float64]:
        """Return one row per image, its pixels as numbers from 0 to 1.

        Examples
        --------
        >>> from bce_book.datasets import load_digits
        >>> load_digits().flat().shape
        (5000, 784)
        """
        return self.images.reshape(len(self.images), -1) / 255

    def __repr__(self) -> str:
        """Return the sizes, which is what fits in a line."""
        height, width = self.images.shape[1:3]
        what = "masks" if self.target.ndim > 1 else _classes(self.target, self.target_names)
        return f"Images({len(self.images)} of {height} × {width} pixels; {what})"


@dataclass(frozen=True, eq=False, repr=False)
class Texts:
    """Texts, and a label for each, which may be soft: the share of raters who said yes.

    Attributes
    ----------
    texts : tuple of str
        The texts, or each as the words that are kept of it.
    target : numpy.ndarray
        The label of each text: 0 or 1, or a share between them.
    target_names : tuple of str
        What label 0 and label 1 stand for.
    source : Source
        Where they come from.
    """

    texts: tuple[str, ...]
    target: NDArray[Any]
    target_names: tuple[str, ...]
    source: Source

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        _check_lengths(texts=self.texts, target=self.target)

    def __repr__(self) -> str:
        """Return the sizes, which is what fits in a line."""
        words = sum(len(text.split()) for text in self.texts)
        return f"Texts({len(self.texts)} of {words / max(1, len(self.texts)):.0f} words on average)"


@dataclass(frozen=True, eq=False, repr=False)
class Sequences:
    """Series of measurements, of one length or of several, and a label for each.

    Attributes
    ----------
    sequences : tuple of numpy.ndarray
        Each of shape (steps,) or (steps, channels).
    target : numpy.ndarray
        The label of each sequence.
    target_names : tuple of str
        What each label stands for, from label 0 on.
    source : Source
        Where they come from.
    """

    sequences: tuple[NDArray[Any], ...]
    target: NDArray[Any]
    target_names: tuple[str, ...]
    source: Source

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        _check_lengths(sequences=self.sequences, target=self.target)

    def padded(self, value: float = 0.0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the sequences as one array, the shorter ones filled up at the end, and which steps are real."""
        longest = max(map(len, self.sequences), default=0)
        channels = self.sequences[0].shape[1:] if self.sequences else ()
        whole = np.full((len(self.sequences), longest, *channels), value)
        real = np.zeros((len(self.sequences), longest), dtype=bool)
        for row, sequence in enumerate(self.sequences):
            whole[row, : len(sequence)] = sequence
            real[row, : len(sequence)] = True
        return whole, real

    def __repr__(self) -> str:
        """Return the sizes, which is what fits in a line."""
        lengths = sorted({len(sequence) for sequence in self.sequences})
        steps = " to ".join(map(str, sorted({lengths[0], lengths[-1]}))) if lengths else "no"
        return f"Sequences({len(self.sequences)} of {steps} steps; {_classes(self.target, self.target_names)})"


@dataclass(frozen=True, eq=False, repr=False)
class Ratings:
    """Who rated what, and how.

    Attributes
    ----------
    users, items : numpy.ndarray of int64
        The number of the user and of the item of each rating, both from 0 on.
    ratings : numpy.ndarray
        The rating: 0 or 1, or a number of stars.
    source : Source
        Where they come from.
    """

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    ratings: NDArray[Any]
    source: Source

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        _check_lengths(users=self.users, items=self.items, ratings=self.ratings)

    def __repr__(self) -> str:
        """Return the sizes, which is what fits in a line."""
        users, items = len(np.unique(self.users)), len(np.unique(self.items))
        return f"Ratings({len(self.ratings)} of {items} items by {users} users)"


def _check_lengths(**parts: Sequence[Any] | NDArray[Any]) -> None:
    lengths = {name: len(part) for name, part in parts.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"every example needs all of its parts, but {said}")


def _classes(target: NDArray[Any], names: tuple[str, ...]) -> str:
    counts = np.bincount(target, minlength=len(names)).tolist()
    if len(counts) <= 2:  # the event that one looks for comes first
        return ", ".join(reversed([f"{count} {name}" for count, name in zip(counts, names, strict=True)]))
    sizes = " to ".join(map(str, sorted({min(counts), max(counts)})))
    return f"{len(counts)} classes of {sizes} each"
