from integration_cli.cli import main

main(prog_name="python -m integration_cli")
