"""The words that a resource is called by, made from its name: `purchase_order`."""

import re

# An article follows the sound and not the letter; these few begin with a vowel that is none.
SOUNDS_LIKE_A_CONSONANT = re.compile(r"(?:uni|use|usa|eu|one)")


def plural(noun: str) -> str:
    """Return the plural of a regular English noun.

    An irregular one, as person, is for whoever names it to say.
    """
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return f"{noun}es"
    return f"{noun}s"


def looks_plural(noun: str) -> bool:
    """Tell whether a noun seems to be a plural already: `invoices`, but not `status`."""
    return noun.endswith("s") and not re.search(r"(?:ss|us|is)$", noun)


def spoken(name: str) -> str:
    """Return a name as prose has it: `purchase order`."""
    return name.replace("_", " ")


def with_article(name: str) -> str:
    """Return a name as prose has it, with an article: `an invoice`."""
    begins_soft = name[0] in "aeiou" and not SOUNDS_LIKE_A_CONSONANT.match(name)
    return f"{'an' if begins_soft else 'a'} {spoken(name)}"


def camel(name: str) -> str:
    """Return a name as a class has it: `PurchaseOrder`."""
    return "".join(part.capitalize() for part in name.split("_"))


def capitalized(sentence: str) -> str:
    """Begin a sentence with a capital, and leave the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
