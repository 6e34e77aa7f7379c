"""What a history says again and again is held once, and says the same."""

import json
from pathlib import Path

from integration_cli.history import History, read_history
from integration_cli.operation import Json, Kind, Operation
from integration_cli.sharing import Shared


def item(**values: object) -> Json:
    """What an app says of one thing, in objects and texts of their own."""
    said: Json = json.loads(json.dumps({"id": "item-1", "name": "name", **values}))
    return said


class TestShared:
    """`Shared.answer`."""

    def test_what_is_said_again(self) -> None:
        """The same answer is the same object; what differs in one value shares the others."""
        shared = Shared()
        first = shared.answer(item(version=1000))
        assert shared.answer(item(version=1000)) is first
        later = shared.answer(item(version=1001))
        assert later == item(version=1001)
        assert later["name"] is first["name"]
        assert shared.answer(item(version=1001)) is later

    def test_pages(self) -> None:
        """The things of a page are known again one by one."""
        shared = Shared()
        first = shared.answer(item())
        page = shared.answer({"items": [item(), 7], "owner": {"item": item()}})
        assert page["items"][0] is page["owner"]["item"] is first
        assert page["items"][1] == 7

    def test_one_is_not_true(self) -> None:
        """Values that Python calls equal, and JSON does not, keep their types."""
        shared = Shared()
        shared.answer(item(done=1, parts={"of": "it", "all": 1}, ratio=1))
        said = shared.answer(item(done=True, parts={"of": "it", "all": True}, ratio=1.0))
        assert said["done"] is True
        assert said["parts"]["all"] is True
        assert isinstance(said["ratio"], float)

    def test_order_of_members(self) -> None:
        """An answer keeps its members in their order."""
        shared = Shared()
        shared.answer({"id": "item-1", "a": 1, "b": True})
        assert [*shared.answer({"id": "item-1", "b": 1, "a": True})] == ["id", "b", "a"]


def test_history(tmp_path: Path) -> None:
    """Histories hold once what is said again, both while they are made and when read back."""
    with History(tmp_path / "history.jsonl") as made:
        for number in range(2):
            made.record(
                Operation(
                    Kind.READ_ITEM, "GET", "/items/item-1", "a", "a", number, number + 1, 200,
                    answer={"items": [item(quantity=1000)]},
                )
            )  # fmt: skip
    for history in (made, read_history(tmp_path / "history.jsonl")):
        one, other = history.operations
        assert one.answer == other.answer == {"items": [item(quantity=1000)]}
        assert one.answer["items"][0] is other.answer["items"][0]
