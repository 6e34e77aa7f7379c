"""Sample people and what they own: realistic, and the same for the same seed everywhere."""

import hmac
import math
import unicodedata
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from integration_cli.endpoints import Change
from integration_cli.seeds import stream

if TYPE_CHECKING:
    from faker import Faker

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "pl_PL", "tr_TR", "ja_JP", "pt_BR")
NOTHING = 0.1  # of all people own nothing yet
SPREAD = 1.0  # sigma of the log-normal: the upper tenth owns several times the mean
MAX_ITEMS = 5000

TRAITS = ("Small", "Large", "Folding", "Vintage", "Spare", "Blue", "Green", "Heavy", "Portable")
MATERIALS = ("oak", "walnut", "steel", "linen", "cotton", "glass", "ceramic", "leather", "bamboo")
THINGS = (
    "desk", "lamp", "chair", "kettle", "notebook", "backpack", "bookshelf", "mug", "blanket",
    "toolbox", "bicycle bell", "umbrella", "teapot", "mirror", "basket", "clock",
)  # fmt: skip
CONDITIONS = ("as new", "used, no marks", "slightly scratched", "one part missing", "to repair")


@dataclass(frozen=True, slots=True)
class Person:
    """A sample user and the items it owns."""

    email: str
    password: str
    name: str
    items: list[Change]


def person(run_id: str, index: int, mean_items: float) -> Person:
    """The person of this index in this run; it does not depend on how many others there are.

    The email is made of the run and the index only, so that a run still finds its people after
    an update of Faker changed their names. The password is no secret: it is sample data.
    """
    random = stream(run_id, index)
    name = _name(random)
    key = f"sample data {run_id}".encode()
    password = hmac.digest(key, str(index).encode(), "sha256").hex()[:20]
    items = [
        _item(random, f"{run_id} {index}-{number}")
        for number in range(_count(stream(run_id, index, "count"), mean_items))
    ]
    return Person(f"user-{index}.{run_id}@example.org", password, name, items)


def _name(random: Random) -> str:
    faker = _faker(random.choice(LOCALES))
    faker.seed_instance(random.getrandbits(64))
    return unicodedata.normalize("NFC", faker.name())


@cache
def _faker(locale: str) -> "Faker":
    # Here, because it takes a third of the start of every command, and more memory than the rest.
    from faker import Faker  # noqa: PLC0415

    return Faker(locale)


def _count(random: Random, mean: float) -> int:
    """How many items somebody owns: log-normal, as belongings are, with the mean asked for."""
    if mean <= 0 or random.random() < NOTHING:
        return 0
    mu = math.log(mean / (1 - NOTHING)) - SPREAD**2 / 2
    return min(round(random.lognormvariate(mu, SPREAD)), MAX_ITEMS)


def _item(random: Random, mark: str) -> Change:
    what = f"{random.choice(TRAITS)} {random.choice(MATERIALS)} {random.choice(THINGS)}"
    condition = random.choice(CONDITIONS).capitalize()
    return Change(
        unique=f"{what} ({mark})",
        nonce=f"{condition}. Kept since {random.randint(1990, 2025)}.",
        counter=min(round(random.lognormvariate(0.5, 1.0)), 1000),
    )
