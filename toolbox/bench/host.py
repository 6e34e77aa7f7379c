"""`python -m toolbox.bench.host MODULE:FACTORY WORKERS` serves it as `python -m api` is served."""

import sys

from api.serving import listen, serve
from toolbox.processes import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    listener = listen("127.0.0.1", 0)
    sys.stderr.write("Listening on http://{}:{}\n".format(*listener.getsockname()))
    serve(listener, int(sys.argv[2]), application=sys.argv[1])
