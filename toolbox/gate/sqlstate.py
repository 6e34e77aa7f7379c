"""By what code an error says what it is, whichever driver raised it."""


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of an error of any driver, also where SQLAlchemy wraps it."""
    for one in (error, getattr(error, "orig", None), error.__cause__):
        for name in ("sqlstate", "pgcode"):
            if isinstance(code := getattr(one, name, None), str):
                return code
    return None
