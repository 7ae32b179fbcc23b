"""Real data, each with where it comes from and under which licence; nothing is downloaded.

One module per data set. A loader returns a `Table`, `Images`, `Texts`, `Sequences` or `Ratings`, each with its
`Source`. Labels follow the convention of the whole book: 1 is the event that one looks for, so that a predicted
probability is the probability *of that event*. The package that holds the data is imported when they are loaded.
"""

from bce_book.datasets.digits import load_digits
from bce_book.datasets.kinds import Images, Ratings, Sequences, Source, Table, Texts
from bce_book.datasets.tumours import load_tumours

__all__ = ["Images", "Ratings", "Sequences", "Source", "Table", "Texts", "load_digits", "load_tumours"]
