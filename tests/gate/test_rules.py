"""Each rule has a page that explains it, and each page a rule that can be found."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.gate.finding import Finding, Question
from toolbox.gate.rules import SECTIONS, Rule, rule, rules


def words_of_the_gate() -> Iterator[str]:
    """Return all strings that are written in the gate's code."""
    for path in (ROOT / "toolbox" / "gate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_page_is_of_a_rule_that_can_be_found() -> None:
    """A page speaks of a rule that the gate's code names."""
    assert set(rules()) - set(words_of_the_gate()) == set()


def test_a_finding_needs_a_rule() -> None:
    """A finding of a rule without a page, or of another question than its page's, is refused."""
    with pytest.raises(ToolboxError, match="no rule 'table-rewritten'"):
        Finding("table-rewritten", Question.SAFETY, "table public.items", "It is rewritten.")
    with pytest.raises(ValueError, match="unused-exception"):
        Finding("unused-exception", Question.DRIFT, "table public.items", "It is not used.")


def test_misspelt() -> None:
    """Who misspells a rule is told which are spelt alike."""
    with pytest.raises(ToolboxError, match="did you mean unused-exception"):
        rule("unused-exceptions")


@pytest.mark.parametrize("known", rules().values(), ids=lambda known: known.name)
def test_page_is_whole(known: Rule) -> None:
    """A page has its sections in their order, none of them empty; a way out, and a source."""
    _, *parts = re.split(r"^## (.+)\n", known.page.read_text(), flags=re.MULTILINE)
    assert tuple(parts[::2]) == SECTIONS
    assert all(text.strip() for text in parts[1::2])
    assert "```" in parts[SECTIONS.index("How to do it safely") * 2 + 1]
    assert re.search(r"\]\([^)]+\)", parts[-1])


@pytest.mark.parametrize("known", rules().values(), ids=lambda known: known.name)
def test_links_lead_somewhere(known: Rule) -> None:
    """What a page links to within the project is there."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", known.page.read_text()):
        if "://" not in target:
            assert (known.page.parent / target).exists(), target


def test_code_can_be_pasted() -> None:
    """The code on the pages is Python."""
    for path in rules().values():
        for code in re.findall(r"```python\n(.*?)```", Path(path.page).read_text(), re.DOTALL):
            ast.parse(code)
