"""The Wisconsin breast tumours."""

from __future__ import annotations

import numpy as np

from bce_book.datasets.kinds import Source, Table

SOURCE = Source(
    name="W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning "
    "Repository, 1993; the copy that scikit-learn ships",
    licence="CC BY 4.0",
    address="https://doi.org/10.24432/C5DW2B",
    description="Ten properties of the cell nuclei on a digitised image of a fine-needle aspirate of a breast mass: "
    "for each its mean, its standard error, and the mean of its three largest values ('worst'). The label is 1 where "
    "the tumour was malignant, 0 where it was benign.",
)


def load_tumours() -> Table:
    """Load the Wisconsin breast tumours: 569 biopsies, 30 measurements each, and whether the tumour was malignant.

    scikit-learn ships the table; this flips its labels. There 0 is malignant and 1 benign, so that a model trained on
    them predicts the probability of *benign*, and its precision and recall are those of finding healthy patients. Here
    1 is malignant: the event that one looks for.

    Returns
    -------
    Table
        `features` of shape (569, 30): for each of ten properties of the cell nuclei on an image its mean, its standard
        error ("radius error"), and the mean of its three largest values ("worst radius"). `target` of shape (569,):
        1 where the tumour was malignant (212), 0 where it was benign (357). The arrays are new at every call.

    References
    ----------
    William H. Wolberg, W. Nick Street, Olvi L. Mangasarian: *Breast Cancer Wisconsin (Diagnostic)*. UCI Machine
    Learning Repository (1993), doi:10.24432/C5DW2B; licensed CC BY 4.0.

    Examples
    --------
    >>> from bce_book.datasets import load_tumours
    >>> tumours = load_tumours()
    >>> print(tumours.features.shape, tumours.target[:3], tumours.target_names[1])
    (569, 30) [1 1 1] malignant
    """
    from sklearn.datasets import load_breast_cancer

    table = load_breast_cancer()
    names = [str(name) for name in table.target_names]
    return Table(
        features=np.array(table.data, dtype=np.float64, order="C"),
        target=(table.target == names.index("malignant")).astype(np.int64),
        feature_names=tuple(map(str, table.feature_names)),
        target_names=("benign", "malignant"),
        source=SOURCE,
    )
