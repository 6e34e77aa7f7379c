"""What a write may do."""

import pytest

from integration_cli.checks import writes
from integration_cli.checks.verdict import State
from tests.integration_cli.story import Story

BATCH = ["a", "b", "c"]


@pytest.fixture
def story() -> Story:
    told = Story()
    for item in BATCH:
        told.creates(item, "w0")
    return told


class TestBulkIsAtomic:
    def test_holds(self, story: Story) -> None:
        """Pages that show all of one write are whole."""
        story.writes_together(BATCH, "w1")
        story.lists(*((item, "w1") for item in BATCH))
        assert story.judged(writes.bulk_is_atomic).state is State.HELD

    @pytest.mark.parametrize("status", [200, None, 500])
    def test_half_on_a_page(self, story: Story, status: int | None) -> None:
        """Half a write on one page is a violation, whatever the write was answered with."""
        story.writes_together(BATCH, "w1", status)
        story.lists(("a", "w1"), ("b", "w0"), ("c", "w0"))
        verdict = story.judged(writes.bulk_is_atomic)
        assert verdict.state is State.VIOLATED
        assert [one.method for one in verdict.findings[0].operations] == ["PATCH", "GET"]

    def test_half_in_the_audit(self, story: Story) -> None:
        """Single reads of one batch must agree when all is quiet."""
        story.writes_together(BATCH, "w1")
        story.phase = "audit"
        story.reads("a", "w1")
        story.reads("b", "w0")
        assert story.judged(writes.bulk_is_atomic).state is State.VIOLATED

    def test_an_indeterminate_write_may_land_between_single_reads(self, story: Story) -> None:
        """Single reads are no snapshot: a write that timed out may land among them."""
        story.writes_together(BATCH, "w1", None)
        story.phase = "audit"
        story.reads("a", "w0")
        story.reads("b", "w1")
        assert story.judged(writes.bulk_is_atomic).state is not State.VIOLATED

    def test_items_that_also_change_alone(self, story: Story) -> None:
        """Items that somebody also changes one by one may differ."""
        story.writes_together(BATCH, "w1")
        story.writes("a", "w2")
        story.lists(("a", "w2"), ("b", "w1"), ("c", "w1"))
        assert story.judged(writes.bulk_is_atomic).state is not State.VIOLATED

    def test_nothing_changes_together(self, story: Story) -> None:
        """An item that only changes alone is no occasion, however often it is read."""
        story.creates("a", "w0")
        story.writes("a", "w1")
        story.phase = "audit"
        story.reads("a", "w1")
        story.reads("a", "w1")
        verdict = story.judged(writes.bulk_is_atomic)
        assert (verdict.state, verdict.observations) == (State.INCONCLUSIVE, 0)

    def test_a_bulk_of_one(self, story: Story) -> None:
        """An item that a bulk write changed alone may differ from those of other bulk writes."""
        story.writes_together(BATCH, "w1")
        story.writes_together(["a"], "w2")
        story.lists(("a", "w2"), ("b", "w1"), ("c", "w1"))
        assert story.judged(writes.bulk_is_atomic).state is not State.VIOLATED


class TestRefusedWriteHasNoEffect:
    def test_holds(self, story: Story) -> None:
        """A refused value that nobody sees did nothing."""
        story.writes("a", "w1", 422)
        story.reads("a", "w0")
        assert story.judged(writes.refused_write_has_no_effect).state is State.HELD

    @pytest.mark.parametrize("status", [404, 409, 422])
    def test_shown(self, story: Story, status: int) -> None:
        """A value from a definite 4xx that is shown is a violation; so is half a refused bulk."""
        story.writes_together(BATCH, "w1", status)
        story.lists(("a", "w1"), ("b", "w0"))
        assert story.judged(writes.refused_write_has_no_effect).state is State.VIOLATED

    @pytest.mark.parametrize("status", [None, 408, 500, 503])
    def test_indeterminate(self, story: Story, status: int | None) -> None:
        """A write that may have happened may be seen."""
        story.writes("a", "w1", 422)
        story.writes("a", "w2", status)
        story.reads("a", "w2")
        assert story.judged(writes.refused_write_has_no_effect).state is State.HELD


class TestDeletedStaysDeleted:
    def test_holds(self, story: Story) -> None:
        story.deletes("a")
        story.reads("a", None)
        assert story.judged(writes.deleted_stays_deleted).state is State.HELD

    def test_read_again(self, story: Story) -> None:
        """200 after an acknowledged delete."""
        story.deletes("a")
        story.reads("a", "w0")
        assert story.judged(writes.deleted_stays_deleted).state is State.VIOLATED

    def test_listed_again(self, story: Story) -> None:
        """A page shows it as well as a single read does."""
        story.deletes("a")
        story.lists(("a", "w0"))
        assert story.judged(writes.deleted_stays_deleted).state is State.VIOLATED

    def test_changed_again(self, story: Story) -> None:
        """A change that is acknowledged after the delete brought it back."""
        story.deletes("a")
        story.writes("a", "w1")
        assert story.judged(writes.no_resurrection).state is State.VIOLATED

    def test_indeterminate_delete(self, story: Story) -> None:
        """A delete that timed out may not have happened."""
        story.deletes("a", None)
        story.reads("a", "w0")
        assert story.judged(writes.deleted_stays_deleted).state is State.INCONCLUSIVE
