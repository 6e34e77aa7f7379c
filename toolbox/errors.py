"""The one error that the toolbox raises on purpose."""


class ToolboxError(Exception):
    """Something went wrong that a user can mend: the message says what, and what to do next."""
