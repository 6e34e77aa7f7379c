"""Refusals about idempotency keys."""

from starlette.responses import Response

from api.errors import ApiError


class IdempotencyKeyReused(ApiError):
    """The key came before, with another request."""

    status = 422
    title = "Idempotency key reused"


class AnsweredBefore(Exception):
    """The request was answered before, and the answer is given again."""

    def __init__(self, answer: Response) -> None:
        super().__init__("answered before")
        self.answer = answer
