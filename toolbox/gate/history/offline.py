"""Whether the revisions can be rendered as SQL, for somebody else to run."""

import io

from alembic.runtime.environment import EnvironmentContext
from alembic.script import Script

from toolbox.errors import ToolboxError
from toolbox.gate.history.steps import failure
from toolbox.gate.project import Project


def why_not(project: Project, url: str, scripts: list[Script]) -> str | None:
    """Return why `alembic upgrade head --sql` does not work, in a sentence; None if it does."""
    try:
        _render(project, url)
    except ToolboxError as exc:
        return f"`alembic upgrade head --sql` cannot work: {exc}"
    except Exception as exc:  # noqa: BLE001 - a revision may raise anything without a database
        for script in reversed(scripts):
            found = failure(exc, script)
            if found.place.line is not None:
                return (
                    f"`alembic upgrade head --sql` cannot render {script.revision} (line "
                    f"{found.place.line}), which needs a database's answers: {found.said}"
                )
        return f"`alembic upgrade head --sql` cannot work: {str(exc).strip().splitlines()[0]}"
    return None


def _render(project: Project, url: str) -> None:
    scripts = project.scripts
    with project._within(url) as config:  # noqa: SLF001 - the gate's own
        config.output_buffer = io.StringIO()
        environment = EnvironmentContext(
            config,
            scripts,
            fn=lambda current, _: scripts._upgrade_revs("heads", current),  # noqa: SLF001 - what `alembic upgrade` calls
            as_sql=True,
            destination_rev="heads",
        )
        with environment:
            scripts.run_env()
