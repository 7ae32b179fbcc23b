"""Every loss in wide use under the same audit.

A `Peer` is an implementation of binary cross-entropy: a framework's own, a formula that everybody writes, or ours.
`survey` puts each through :func:`bce_lib.audit.audit`, in a process of its own, because Keras has one backend per
process and some frameworks do not like each other's company. `table` shows what came out, and `Findings` all of it.
"""

from bce_book.zoo import formulas
from bce_book.zoo.findings import Findings
from bce_book.zoo.peers import PEERS, Peer
from bce_book.zoo.results import survey, table

__all__ = ["PEERS", "Findings", "Peer", "formulas", "survey", "table"]
