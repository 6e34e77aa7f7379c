"""The service as processes of a test's own choosing, and what they wrote."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from toolbox import serving

SECRET = "signs the tokens of these tests, in these tests only"


@dataclass(frozen=True)
class Service:
    """A service that runs, and the file that has all its output."""

    url: str
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its output, each line of which must be a JSON object."""
        return [json.loads(line) for line in self.output.splitlines()]


@contextmanager
def serve(database: str, workers: int, log: Path, **variables: str) -> Iterator[Service]:
    """Serve in an environment that has these variables, and none of the caller's telemetry."""
    with pytest.MonkeyPatch.context() as environment:
        for name in os.environ:
            if name.startswith(("OTEL_", "FASTAPI_OTEL", "PROMETHEUS_")):
                environment.delenv(name)
        for name, value in {"TOKEN_SECRET": SECRET, **variables}.items():
            environment.setenv(name, value)
        with serving.serve(database, workers, log) as url:
            yield Service(url, log)
