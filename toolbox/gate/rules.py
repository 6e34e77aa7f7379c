"""The rules of the gate, each declared by its page in docs/rules/ and nowhere else.

A page begins with the rule's name, the question it answers, and in a line what is wrong:

    # unused-silence

    **history**: A deliberate exception matches nothing any more.

docs/rules/README.md says what follows.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

PAGES = ROOT / "docs" / "rules"
SECTIONS = ("Why", "What Postgres does", "How to do it safely", "Source")


class Question(StrEnum):
    """What the gate asks; a rule belongs to one of them."""

    DRIFT = "drift"
    HISTORY = "history"
    SAFETY = "safety"


_HEAD = re.compile(r"# ([a-z][a-z0-9-]*)\n\n\*\*(\w+)\*\*: ([^\n]+)\n")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding can be an instance of.

    Args:
        name: what findings, silences and its page call it.
        question: which of the three it helps to answer.
        summary: what is wrong, in a sentence.
        page: the file that explains it.
    """

    name: str
    question: Question
    summary: str
    page: Path


@cache
def rules() -> Mapping[str, Rule]:
    """Return all rules by their names, in alphabetical order."""
    pages = sorted(path for path in PAGES.glob("*.md") if path.name != "README.md")
    return MappingProxyType({page.stem: _read(page) for page in pages})


def rule(name: str) -> Rule:
    """Return a rule.

    Raises:
        ToolboxError: there is none of this name; the message has those that are spelt alike.
    """
    try:
        return rules()[name]
    except KeyError:
        alike = difflib.get_close_matches(name, rules(), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(alike)}?" if alike else "list them with `explain`."
        raise ToolboxError(f"There is no rule {name!r}: {hint}") from None


def _read(page: Path) -> Rule:
    head = _HEAD.match(page.read_text())
    if head is None or head[1] != page.stem or head[2] not in set(Question):
        raise ValueError(
            f"{page.relative_to(ROOT)} must begin: # {page.stem}, an empty line, and "
            f"**{'|'.join(Question)}**: what is wrong."
        )
    return Rule(head[1], Question(head[2]), head[3], page)
