from toolbox.cli import toolbox

toolbox(prog_name="python -m toolbox")
