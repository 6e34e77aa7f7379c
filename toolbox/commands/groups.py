"""What groups of commands have in common."""

import importlib
import os
from collections.abc import Mapping
from typing import Any

import click

from toolbox.errors import ToolboxError, explained

BY_NOX = "NOX_CURRENT_SESSION" in os.environ  # as Nox tells what its sessions run


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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was asked for, and call it as whoever asked has: by its session."""
        name, command, rest = super().resolve_command(ctx, args)
        if BY_NOX and name:
            name = f"{name.replace('-', '_')} --"
        return name, command, rest


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
