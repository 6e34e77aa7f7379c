import sys
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.template.make import make
from toolbox.update.record import Record

# How `toolbox.update` calls whichever commit of the template: this stays as it is.
if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]), Record.read(Path(sys.argv[1])))
    except ToolboxError as exc:
        sys.exit(str(exc))
