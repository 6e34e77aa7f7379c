"""An application that cannot be made."""


def create_app() -> None:
    """Fail, as a fault of ours in the real one would."""
    raise RuntimeError("this application cannot be made")
