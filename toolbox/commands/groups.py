"""What groups of commands have in common."""

import importlib
from collections.abc import Mapping
from typing import Any

import click

from toolbox.errors import ToolboxError, explained


class Commands(click.Group):
    """A group whose commands end in one clear line when something went wrong."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ToolboxError as exc:
            raise click.ClickException(explained(exc)) from exc


class OnDemand(Commands):
    """A group that imports the command that was asked for, and no other: each costs time."""

    def __init__(self, *args: Any, sources: Mapping[str, str], **kwargs: Any) -> None:  # noqa: ANN401 - Click's
        """Take each command's module, by the command's name, and what any group takes."""
        super().__init__(*args, **kwargs)
        self.sources = sources

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the commands' names."""
        return [*self.sources]

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of this name."""
        if cmd_name not in self.sources:
            return None
        module = importlib.import_module(f"toolbox.commands.{self.sources[cmd_name]}")
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found


class WithDefault(Commands):
    """A group that runs its default command when none is named."""

    def __init__(self, *args: Any, default: str, **kwargs: Any) -> None:  # noqa: ANN401 - Click's
        """Take the default command's name, and what any group takes."""
        super().__init__(*args, **kwargs)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [self.default, *args]
        return super().parse_args(ctx, args)
