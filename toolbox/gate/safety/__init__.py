"""Can each new revision be deployed while the previous version of the app serves?

Each runs on a populated database and is watched: what Postgres did decides, not what is written.
Then what the previous app would send is sent again.
"""

from toolbox.gate.safety.check import check

__all__ = ["check"]
