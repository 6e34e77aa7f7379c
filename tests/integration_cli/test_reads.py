"""What a read may show."""

import pytest

from integration_cli.checks import reads
from integration_cli.checks.verdict import State
from tests.integration_cli.story import Story


@pytest.fixture
def story() -> Story:
    return Story()


class TestReadYourWrites:
    def test_holds(self, story: Story) -> None:
        """A client that sees what it wrote last is served well."""
        story.creates("i", "w1")
        story.writes("i", "w2")
        story.reads("i", "w2", client="writer")
        assert story.judged(reads.read_your_writes).state is State.HELD

    def test_created_and_not_found(self, story: Story) -> None:
        """201, then 404 on the next request, is a violation even if it appears later."""
        story.creates("i", "w1")
        story.reads("i", None, client="writer")
        story.reads("i", "w1", client="writer")
        verdict = story.judged(reads.read_your_writes)
        assert verdict.state is State.VIOLATED
        assert [one.outcome for one in verdict.findings[0].operations] == ["201", "404"]

    def test_nothing_read(self, story: Story) -> None:
        """Without a read there is nothing to have held."""
        story.creates("i", "w1")
        assert story.judged(reads.read_your_writes).state is State.INCONCLUSIVE


class TestFreshReads:
    def test_old_version_elsewhere(self, story: Story) -> None:
        """Another connection that still shows the old value names both writes and the read."""
        story.creates("i", "w1")
        story.writes("i", "w2")
        story.reads("i", "w1")
        verdict = story.judged(reads.fresh_reads)
        assert verdict.state is State.VIOLATED
        assert len(verdict.findings[0].operations) == 3

    def test_overlapping_read(self, story: Story) -> None:
        """A read that overlaps a write may show either value."""
        story.creates("i", "w1")
        story.writes("i", "w2", at=(10, 12))
        story.reads("i", "w1", at=(11, 13))
        assert story.judged(reads.fresh_reads).state is State.HELD

    def test_indeterminate_write_may_land_late(self, story: Story) -> None:
        """A write that timed out may show at any later time, even over a newer one."""
        story.creates("i", "w1")
        story.writes("i", "w2", status=None)
        story.writes("i", "w3")
        story.reads("i", "w2")
        assert story.judged(reads.fresh_reads).state is State.HELD

    @pytest.mark.parametrize("status", [204, None, 500])
    def test_a_delete_explains_a_404(self, story: Story, status: int | None) -> None:
        """Gone after a delete, done or possibly done, is no stale read."""
        story.creates("i", "w1")
        story.deletes("i", status)
        story.reads("i", None)
        assert story.judged(reads.fresh_reads).state is State.HELD

    def test_a_refused_delete_explains_nothing(self, story: Story) -> None:
        """A delete that was refused leaves the item there."""
        story.creates("i", "w1")
        story.deletes("i", 403)
        story.reads("i", None)
        assert story.judged(reads.fresh_reads).state is State.VIOLATED


class TestMonotonicReads:
    def test_holds(self, story: Story) -> None:
        """Versions that only grow are fine, and so is the same one twice."""
        story.creates("i", "w1")
        story.reads("i", "w1")
        story.writes("i", "w2")
        story.reads("i", "w2")
        story.reads("i", "w2")
        assert story.judged(reads.monotonic_reads).state is State.HELD

    def test_goes_back(self, story: Story) -> None:
        """Version n, then n - 1, by one client, is a violation; here n is still being written."""
        story.creates("i", "w1", client="other")
        story.writes("i", "w2", at=(10, 20))
        story.reads("i", "w2", at=(11, 12))
        story.reads("i", "w1", at=(13, 14))
        assert story.judged(reads.monotonic_reads).state is State.VIOLATED
        assert story.judged(reads.fresh_reads).state is State.HELD

    def test_two_clients(self, story: Story) -> None:
        """What one connection was shown, no other that asks later may miss."""
        story.creates("i", "w1")
        story.writes("i", "w2", at=(10, 20))
        story.reads("i", "w2", client="one", at=(11, 12))
        story.reads("i", "w1", client="two", at=(13, 14))
        story.reads("i", "w2", client="two", at=(21, 22))
        assert story.judged(reads.monotonic_reads).state is State.VIOLATED


class TestDurableAcknowledgement:
    def test_holds(self, story: Story) -> None:
        """The last acknowledged value is there in the audit."""
        story.creates("i", "w1")
        story.writes("i", "w2")
        story.phase = "audit"
        story.reads("i", "w2")
        assert story.judged(reads.durable_acknowledgement).state is State.HELD

    def test_lost_creation(self, story: Story) -> None:
        """201, and 404 when all is quiet."""
        story.creates("i", "w1")
        story.phase = "audit"
        story.reads("i", None)
        assert story.judged(reads.durable_acknowledgement).state is State.VIOLATED

    def test_lost_update(self, story: Story) -> None:
        """An acknowledged update that is not there in the end is lost."""
        story.creates("i", "w1")
        story.writes("i", "w2")
        story.phase = "audit"
        story.reads("i", "w1")
        assert story.judged(reads.durable_acknowledgement).state is State.VIOLATED

    def test_unread_in_the_audit(self, story: Story) -> None:
        """An acknowledged item that the audit could not read leaves the verdict open."""
        story.creates("i", "w1")
        story.creates("j", "w2")
        story.phase = "audit"
        story.reads("i", "w1")
        assert story.judged(reads.durable_acknowledgement).state is State.INCONCLUSIVE
