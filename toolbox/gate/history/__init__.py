"""History: are the revisions one line, the same everywhere, and is there a way back with rows?"""

from toolbox.gate.history.engine import History, history
from toolbox.gate.history.frozen import new_revisions
from toolbox.gate.history.git import Unknown

__all__ = ["History", "Unknown", "history", "new_revisions"]
