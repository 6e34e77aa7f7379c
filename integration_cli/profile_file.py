"""Profiles as files: a TOML file is read, and held to what a profile must say."""

import tomllib
from functools import cache, partial
from pathlib import Path

from integration_cli.declared import Wrong, read
from integration_cli.outcome import Exit, Failure
from integration_cli.profile import Profile, Route

DEFAULT = "pir"
# What is said of items, by a profile that has some.
OF_ITEMS = ("pages", "bulk", "conditional", "idempotency", "quota")


class UnknownProfile(Failure):
    """A profile cannot be read, or does not say what it must."""

    code = Exit.USAGE


def load_profile(path: Path) -> Profile:
    """Read a profile.

    Raises:
        UnknownProfile: there is no such file, it is not TOML, or not a profile; says each fault.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnknownProfile(f"Cannot read the profile {path}: {error.strerror}.") from None
    return _parse(text, path)


@cache
def shipped_profile(name: str = DEFAULT) -> Profile:
    """A profile that comes with this package."""
    return load_profile(Path(__file__).with_name("profiles") / f"{name}.toml")


def _parse(text: str, where: Path) -> Profile:
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnknownProfile(f"The profile {where} is not TOML: {error}.") from None
    try:
        beside = partial(_load_beside, where)
        return _coherent(read(Profile, said, {Route: Route.parse, Profile: beside}))
    except Wrong as wrong:
        faults = "\n  ".join(wrong.faults)
        raise UnknownProfile(
            f"The profile {where} cannot be used:\n  {faults}\n"
            f"integration_cli/profiles/{DEFAULT}.toml shows what each entry means."
        ) from None


def _coherent(profile: Profile) -> Profile:
    """The profile, unless without items it says something of them, or nothing can be asked."""
    if profile.items:
        return profile
    lone = [name for name in OF_ITEMS if getattr(profile, name) is not None]
    faults = [f"{name} is about items, and there is no [items]" for name in lone]
    if profile.accounts.me is None:
        faults.append("accounts.me is missing: without [items] nothing else can be asked")
    if faults:
        raise Wrong(faults)
    return profile


def _load_beside(where: Path, name: str) -> Profile:
    return load_profile(where.with_name(name))
