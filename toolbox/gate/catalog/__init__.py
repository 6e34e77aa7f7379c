"""What a database is, complete by construction, and how two of them differ."""

from toolbox.gate.catalog.comparison import Difference, compare
from toolbox.gate.catalog.expressions import same_meaning
from toolbox.gate.catalog.snapshot import Snapshot, snapshot, snapshots, wholes_of

__all__ = [
    "Difference",
    "Snapshot",
    "compare",
    "same_meaning",
    "snapshot",
    "snapshots",
    "wholes_of",
]
