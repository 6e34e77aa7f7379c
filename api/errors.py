"""Errors that say what happened and carry their status: the kinds of refusal."""

from typing import Any, ClassVar

TYPE_PREFIX = "/problems/"


class ApiError(Exception):
    """A refusal that the client should understand; subclasses are the kinds of refusal.

    Attributes:
        status: the HTTP status.
        title: the kind in a few words, the same for every occurrence.
        commits: what the transaction did stays, although it ends in this error.
        headers: those of every occurrence.
        own_headers: names of those that every occurrence has of its own.
        all_headers: those, and what belongs to this one.
        detail: this occurrence in a sentence.
        facts: members added to the problem document.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal server error"
    headers: ClassVar[dict[str, str]] = {}
    own_headers: ClassVar[tuple[str, ...]] = ()
    commits: ClassVar[bool] = False

    def __init__(
        self,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **facts: Any,  # noqa: ANN401 - any JSON value
    ) -> None:
        """Take a sentence about this occurrence, headers beside the kind's own, and facts."""
        super().__init__(detail)
        self.detail = detail
        self.all_headers = {**self.headers, **(headers or {})}
        self.facts = facts

    @classmethod
    def slug(cls) -> str:
        """The last part of the problem's type: the class's name, as `item-not-found`."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("-")

    @classmethod
    def type(cls) -> str:
        """The problem's type: a reference to what explains the kind."""
        return TYPE_PREFIX + cls.slug()


class NoSuchPath(ApiError):
    """Nothing is at this path: look at the API's document for what there is."""

    status = 404
    title = "No such path"


class MethodNotAllowed(ApiError):
    """What is at this path does not take this method; the header Allow names those it takes."""

    status = 405
    title = "Method not allowed"


class InvalidRequest(ApiError):
    """The request does not have the form that the API's document asks for; `errors` says where."""

    status = 422
    title = "Invalid request"


class MalformedRequest(ApiError):
    """The body is not what its Content-Type says: no JSON in UTF-8, or no form."""

    status = 400
    title = "Malformed request"


class UnsupportedMediaType(ApiError):
    """The body's Content-Type is none that this route takes."""

    status = 415
    title = "Unsupported media type"


class BodyTooLong(ApiError):
    """The request's body is longer than the service takes."""

    status = 413
    title = "Body too long"
    # The rest of it is not read, so the connection cannot be used again.
    headers: ClassVar = {"Connection": "close"}


class RequestTimedOut(ApiError):
    """The request's body did not arrive in time."""

    status = 408
    title = "Request timed out"
    headers: ClassVar = {"Connection": "close"}


class InternalError(ApiError):
    """A fault of the service; its log tells more under the request's id."""

    status = 500
    title = "Internal server error"


class ServiceUnavailable(ApiError):
    """The service cannot do it now; the same request may succeed in a moment."""

    status = 503
    title = "Service unavailable"
    headers: ClassVar = {"Retry-After": "1"}


class OutcomeUnknown(ApiError):
    """The answer to a commit was lost: the change was made, or it was not."""

    status = 503
    title = "Outcome unknown"
