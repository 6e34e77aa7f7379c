"""What a load asks for: reads, lists and writes, each write with a value that no other has."""

from dataclasses import dataclass
from random import Random

from integration_cli.capabilities import Capabilities, Capability
from integration_cli.endpoints import Api, Change
from integration_cli.operation import Request

PAGE = 20
WEIGHTS = {"read": 60, "list": 15, "write": 25}
NEEDS = {"list": Capability.LIST, "write": Capability.UPDATE}


@dataclass(slots=True)
class Mix:
    """The requests of one connection, in an order that chance decides, and a seed.

    It alone changes the items in `own`, and reads those in `known`, which others of its user may
    change: so each answer can be judged like all others of a history. `mark` begins the values
    that it writes.
    """

    api: Api
    able: Capabilities
    random: Random
    mark: str
    own: list[str]
    known: list[str]
    written: int = 0

    def next(self) -> Request:
        """The next request; without an item to ask for, who asks, or whether the app lives."""
        if not self.own:
            return self.api.live() if self.able.missing([Capability.ME]) else self.api.read_me()
        deeds = [deed for deed in WEIGHTS if not self.able.missing(_needs(deed))]
        deed = self.random.choices(deeds, [WEIGHTS[one] for one in deeds])[0]
        if deed == "read":
            return self.api.read_item(self.random.choice(self.known))
        if deed == "list":
            return self.api.list_items(size=PAGE)
        self.written += 1
        return self.api.update_item(self.random.choice(self.own), self._change())

    def _change(self) -> Change:
        nonce = f"{self.mark} write {self.written}"
        if not self.able.missing([Capability.PARTIAL]):
            return Change(nonce=nonce)
        return Change(nonce=nonce, counter=0, unique=self.mark)  # a PUT has all members


def _needs(deed: str) -> list[Capability]:
    return [NEEDS[deed]] if deed in NEEDS else []
