"""Options that every command takes, and what they make of them: a target."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path

import click

from integration_cli.allowance import Allowance
from integration_cli.ledger import DEFAULT_DIRECTORY, Ledger
from integration_cli.profile import Profile
from integration_cli.profile_file import UnknownProfile, load_profile, shipped_profile
from integration_cli.site import Known, Site
from integration_cli.target import AppUrl

MAX_USERS = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """The app that a command talks to, what is known of it, and the ledger that it writes."""

    app_url: AppUrl
    ledger: Ledger
    profile: Profile = field(default_factory=shipped_profile)
    known: Known = field(default_factory=dict)
    rows: Allowance = field(default_factory=Allowance)

    @property
    def site(self) -> Site:
        """Where requests go, and in which words."""
        return Site(self.app_url, self.profile, self.known, self.rows)

    def beside(self) -> "list[Target]":
        """The same app, for each of the other things that its users have."""
        return [replace(self, profile=one, known={}) for one in self.profile.beside]


class ProfileType(click.ParamType[Profile]):
    """A file that says how an app is talked to."""

    name = "path"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Profile:
        """Read the profile, or refuse it as a usage error that names each fault."""
        if isinstance(value, Profile):
            return value
        try:
            return load_profile(Path(str(value)))
        except UnknownProfile as error:
            self.fail(str(error), param, ctx)


class AppUrlType(click.ParamType[AppUrl]):
    """An http(s) address; a trailing slash makes no difference."""

    name = "url"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> AppUrl:
        """Read the address, or refuse it as a usage error."""
        if isinstance(value, AppUrl):
            return value
        try:
            return AppUrl.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def target_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--app-url`, `--profile` and `--ledger-dir` as its first argument."""

    @click.option(
        "--app-url",
        type=AppUrlType(),
        envvar="APP_URL",
        required=True,
        show_envvar=True,
        help="Address of the running app, such as http://127.0.0.1:8000.",
    )
    @click.option(
        "--ledger-dir",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="INTEGRATION_LEDGER_DIR",
        default=DEFAULT_DIRECTORY,
        show_default=True,
        show_envvar=True,
        help="Where runs write down what they create, for `cleanup`.",
    )
    @click.option(
        "--profile",
        type=ProfileType(),
        default=shipped_profile,
        show_default="that of Peace in REST",
        help="TOML file that says which paths, members and statuses the app has.",
    )
    @wraps(command)
    def with_target(app_url: AppUrl, ledger_dir: Path, profile: Profile, **options: object) -> None:
        command(Target(app_url, Ledger(ledger_dir), profile), **options)

    return with_target


def own_target_options(command: Callable[..., None]) -> Callable[..., None]:
    """`target_options` for a command that must not hammer somebody else's app by mistake."""

    @click.option(
        "--i-own-this-target",
        is_flag=True,
        help="Allow a target that is not on this machine.",
    )
    @wraps(command)
    def guarded(target: Target, *, i_own_this_target: bool, **options: object) -> None:
        if not target.app_url.is_loopback and not i_own_this_target:
            raise click.UsageError(
                f"{target.app_url} is not on this machine, and this command hammers it. "
                "If it is yours, add --i-own-this-target."
            )
        command(target, **options)

    return target_options(guarded)
