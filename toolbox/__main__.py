from toolbox.cli import toolbox
from toolbox.commands.groups import BY_NOX

toolbox(prog_name="nox -s" if BY_NOX else "python -m toolbox")
