"""The check that a container without curl makes of itself."""

import socket

from api.health.probe import main


def test_answers(app_url: str) -> None:
    """What answers 200 is well."""
    assert main(f"{app_url}/health/ready") is None


def test_answers_otherwise(app_url: str) -> None:
    """Anything else is said, with the answer."""
    assert "404" in str(main(f"{app_url}/nowhere"))


def test_does_not_answer() -> None:
    """What nobody listens on is said not to answer."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    assert "does not answer" in str(main(f"http://127.0.0.1:{port}/health/live"))
