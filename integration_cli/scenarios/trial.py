"""One item, made while nobody else asks: a profile that does not fit must not accuse the app."""

from integration_cli.accounts import problem
from integration_cli.operation import Operation
from integration_cli.outcome import NotFinished
from integration_cli.profile import Fields
from integration_cli.scenarios.stage import Stage


async def trial(stage: Stage) -> None:
    """Make an item as the profile has it.

    An answer that may be a fault of the app's, as a 5xx, is left to the run to judge.

    Raises:
        NotFinished: the app refuses it, or its answer lacks what the profile says that it has.
    """
    items = stage.target.profile.items
    if items is None:
        return
    connection = stage.connection(stage.member(0), "trial")
    made = await stage.send(connection, stage.api.create_item(stage.new("trial")))
    connection.close()
    if made.refused and made.status is not None:
        raise NotFinished(
            f"The app refuses an item as the profile makes it: {_what(made)} is answered with "
            f"{problem(made)}. Its path and body stand in the profile at items.create and "
            "items.body."
        )
    for name in _missing(made, items.fields):
        raise NotFinished(
            f"{_what(made)} is answered with {made.outcome}, but the answer has no member "
            f"{name!r}. What the members of an item are called, the profile says in items.fields."
        )


def _what(made: Operation) -> str:
    return f"{made.method} {made.path}"


def _missing(made: Operation, fields: Fields) -> list[str]:
    sent = (fields.id, fields.nonce, fields.unique, fields.counter)
    return [name for name in sent if made.acknowledged and name and name not in made.answer]
