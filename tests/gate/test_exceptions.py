"""Deliberate exceptions silence what they name, say why, and do not outlive it."""

from pathlib import Path

import pytest

from tests.gate.samples import DRIFTS, REWRITES, drift, rewrite
from toolbox.gate.exceptions import Accepted, apply, read
from toolbox.gate.finding import Finding

pytestmark = pytest.mark.usefixtures("sample_rules")

REVISION = '''\
"""A revision that must not be run to be read."""
{exceptions}
raise SystemExit
'''


def written(folder: Path, exceptions: str) -> list[Accepted | Finding]:
    """Return what is read from revision 4f2a with these lines."""
    file = folder / "4f2a.py"
    file.write_text(REVISION.format(exceptions=exceptions))
    return [*read(file, "4f2a")]


def one(folder: Path, rule: str, subject: str, reason: str = "40 rows everywhere") -> Accepted:
    """Return the one exception of a revision."""
    listed = f"check_migrations_accepts = [\n    {(rule, subject, reason)!r},\n]"
    (found,) = written(folder, listed)
    assert isinstance(found, Accepted)
    return found


def judged(_: str, __: str | None) -> bool:
    return True


class TestRead:
    def test_where_it_stands(self, tmp_path: Path) -> None:
        """An exception is read without running the revision, and knows its line."""
        found = one(tmp_path, REWRITES, "table public.items")
        assert (found.reason, found.place.line) == ("40 rows everywhere", 3)

    def test_with_a_type(self, tmp_path: Path) -> None:
        """The list may be annotated."""
        line = f"check_migrations_accepts: list[tuple[str, ...]] = [({REWRITES!r}, 'a', 'b')]"
        assert [type(each) for each in written(tmp_path, line)] == [Accepted]

    @pytest.mark.parametrize(
        "entry",
        [
            f"({REWRITES!r}, 'table public.items', ' ')",
            f"({REWRITES!r}, 'table public.items')",
            f"({REWRITES!r}, 'table public.items', REASON)",
            "('no-such-rule', 'table public.items', 'fine')",
            "('unused-exception', 'table public.items', 'fine')",
            repr(REWRITES),
        ],
    )
    def test_unclear(self, tmp_path: Path, entry: str) -> None:
        """Without a reason, of no rule, not written out, or of another form: a finding."""
        (found,) = written(tmp_path, f"check_migrations_accepts = [{entry}]")
        assert isinstance(found, Finding)
        assert found.rule == "unclear-exception"
        assert found.place
        assert found.place.line == 2

    def test_no_list(self, tmp_path: Path) -> None:
        """Something else than a list is a finding too, and not passed over."""
        (found,) = written(tmp_path, "check_migrations_accepts = dict(a=1)")
        assert isinstance(found, Finding)


class TestApply:
    def test_covers(self, tmp_path: Path) -> None:
        """The finding of this rule and object in this revision is accepted, with the reason."""
        exception = one(tmp_path, REWRITES, "table public.items")
        assert apply([rewrite()], [exception], judged) == ([], [(rewrite(), exception)])

    def test_drift(self, tmp_path: Path) -> None:
        """What no revision is to blame for may be accepted in any."""
        exception = one(tmp_path, DRIFTS, drift().subject)
        assert apply([drift()], [exception], judged) == ([], [(drift(), exception)])

    @pytest.mark.parametrize(
        ("rule", "subject"), [(REWRITES, "table public.users"), (DRIFTS, "table public.items")]
    )
    def test_another(self, tmp_path: Path, rule: str, subject: str) -> None:
        """Another rule's or object's exception leaves the finding, and is unused."""
        exception = one(tmp_path, rule, subject)
        standing, accepted = apply([rewrite()], [exception], judged)
        assert accepted == []
        assert [each.rule for each in standing] == [REWRITES, "unused-exception"]
        assert standing[1].place == exception.place

    def test_another_revision(self, tmp_path: Path) -> None:
        """An exception holds for its own revision only."""
        exception = one(tmp_path, REWRITES, "table public.items")
        standing, _ = apply([rewrite("11aa")], [exception], judged)
        assert [each.rule for each in standing] == [REWRITES, "unused-exception"]

    def test_not_judged(self, tmp_path: Path) -> None:
        """What was not judged in a revision may well be needed there."""
        exception = one(tmp_path, REWRITES, "table public.items")
        assert apply([], [exception], lambda rule, _: rule != REWRITES) == ([], [])
