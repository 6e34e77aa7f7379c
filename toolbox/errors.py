"""The errors that the toolbox raises on purpose."""


class ToolboxError(Exception):
    """Something went wrong that a user can mend: the message says what, and what to do next."""


class NotWell(ToolboxError):
    """The machine or the checkout is at fault, not what was asked for: `doctor` tells more."""
