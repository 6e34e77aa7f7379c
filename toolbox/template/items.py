"""Taking out the example resource: what the rules say, and of the tests all that is about it."""

import re
from pathlib import Path

from toolbox.template.rules import Rules
from toolbox.template.slicing import Slice

# How the items are named, `NewItem`, `make_item`, `item_id`, "/items", "FROM items", and what they
# count against. A word of a sentence, or a variable, may be any other item.
MENTION = re.compile(
    r"\bItem\b|[a-z]Item|Item[A-Z]|_items?\b|\bitem_|ITEM_|_ITEM|/items?\b"
    r"|\b(?:FROM|INTO|TABLE|ON|UPDATE) items\b|\bitems\[|[Qq]uota|QUOTA"
)

# Where the tests are that know the service's resources.
TESTS = ("tests/functional", "tests/api", "tests/migrations", "tests/toolbox")


def without_items(folder: Path) -> None:
    """Take the items out of a tree, and all that is about them.

    Raises:
        ToolboxError: a rule does not fit the tree.
    """
    Rules.read("without_items").apply(folder)
    Slice(folder, TESTS, MENTION).take_out()
