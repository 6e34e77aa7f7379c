import sys

try:
    from integration_cli.cli import main

    main(prog_name="python -m integration_cli")
except KeyboardInterrupt:  # while it starts, when there is nothing to remove
    sys.exit(130)
