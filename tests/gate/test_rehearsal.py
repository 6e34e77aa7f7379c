"""A rehearsal shows what the requests of now meet while new revisions run."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.gate.conftest import Empty
from tests.gate.foreign.projects import STYLES, Foreign
from toolbox.databases import Throwaways
from toolbox.gate.project import Project
from toolbox.gate.rehearsal.plot import Panel, svg
from toolbox.gate.rehearsal.rehearse import WAITED, Figures, Rehearsal, rehearse

Rehearse = Callable[[str], Rehearsal]
SHORT = 0.3  # seconds of traffic before and after

LOCKS = 'op.execute("LOCK TABLE posts"); op.execute("SELECT pg_sleep(1)")'
DROPS = 'op.drop_column("posts", "title")'
ADDS = 'op.add_column("posts", sa.Column("subtitle", sa.Text()))'


@pytest.fixture
def on_rows(tmp_path: Path, databases: Throwaways, empty: Empty, server_url: str) -> Rehearse:
    """Rehearses a revision of one line on the blog's 50 posts."""

    def run(up: str) -> Rehearsal:
        root = tmp_path / "blog"
        made = Foreign.make(root, STYLES["blog"], empty(), server_url)
        made.add_revision("0002", "0001", up)
        project = Project.load(root / "alembic.ini")
        new = [each for each in project.revisions() if each.revision == "0002"]
        return rehearse(project, databases, new, rows=50, seconds=SHORT)

    return run


def of(rehearsal: Rehearsal, kind: str) -> Figures:
    (found,) = (each for each in rehearsal.figures() if each.kind == kind)
    assert found.table == "public.posts"
    return found


def test_lock(on_rows: Rehearse) -> None:
    """Requests that wait for the revision's lock are seen to wait, and none fails."""
    rehearsal = on_rows(LOCKS)
    assert rehearsal.failed is None
    for kind in ("reads", "writes"):
        assert of(rehearsal, kind).longest > WAITED
        assert of(rehearsal, kind).waited > WAITED
        assert not of(rehearsal, kind).errors


def test_lost_column(on_rows: Rehearse) -> None:
    """What the app of now can no longer ask for is counted, in Postgres's words."""
    rehearsal = on_rows(DROPS)
    assert of(rehearsal, "reads").errors['column "title" does not exist'] > 0


def test_harmless(on_rows: Rehearse) -> None:
    """Where nothing changes for the app of now nothing fails, and the way back is tried."""
    rehearsal = on_rows(ADDS)
    assert [each.errors.total() for each in rehearsal.figures()] == [0, 0]
    assert rehearsal.downgrade is not None
    assert all(len(samples) > 1 for samples in rehearsal.old.samples)


def test_failure(on_rows: Rehearse) -> None:
    """A revision that fails on rows is told, and not taken back."""
    rehearsal = on_rows('op.execute("SELECT 1 / 0")')
    assert rehearsal.failed
    assert "division by zero" in rehearsal.failed
    assert rehearsal.downgrade is None


def test_plot(on_rows: Rehearse) -> None:
    """The plot is well-formed, has a panel for each rehearsal, and every request in it."""
    rehearsal = on_rows(ADDS)
    drawn = svg([Panel("a < b", rehearsal, "public.posts")] * 2)
    root = ET.fromstring(drawn)  # noqa: S314 - we drew it
    paths = [path.get("d", "") for path in root.iter("{http://www.w3.org/2000/svg}path")]
    requests = sum(map(len, rehearsal.old.samples))
    assert sum(path.count("M") for path in paths if path.count("M") > 1) == 2 * requests
