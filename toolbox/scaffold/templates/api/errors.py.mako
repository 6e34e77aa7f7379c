"""Refusals about ${r.spoken_plural}."""

from api.errors import ApiError


class ${r.model}NotFound(ApiError):
    """There is no such ${r.spoken}, or not for the one who asks."""

    status = 404
    title = "No such ${r.spoken}"
% for field in r.uniques:


class ${r.model}${field.camel}Taken(ApiError):
    """The owner has another ${r.spoken} of this ${field.spoken}."""

    status = 409
    title = "${capitalized(r.spoken)} ${field.spoken} taken"
% endfor
% for field in r.references:


class ${r.model}${field.camel}Unknown(ApiError):
    """There is no such ${field.spoken}, or not for the one who asks."""

    status = 422
    title = "No such ${field.spoken}"
% endfor
% for field in r.objects:


class ${r.model}${field.camel}TooLarge(ApiError):
    """The ${field.spoken} of one ${r.spoken} would be larger than the table takes."""

    status = 422
    title = "${capitalized(r.spoken)} ${field.spoken} too large"
% endfor
