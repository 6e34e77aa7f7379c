"""The words that a resource is called by, made from its name: `purchase_order`."""

import re
from collections.abc import Sequence

# An article follows the sound and not the letter; these few begin with a vowel that is none, or
# with an h that nobody hears.
SOUNDS_LIKE_A_CONSONANT = re.compile(r"(?:uni(?!n|mp)|use|usa|eu|one)")
SOUNDS_LIKE_A_VOWEL = re.compile(r"(?:heir|honest|honou?r|hour)")


IRREGULAR = {
    "child": "children",
    "criterion": "criteria",
    "datum": "data",
    "foot": "feet",
    "half": "halves",
    "hero": "heroes",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "man": "men",
    "medium": "media",
    "mouse": "mice",
    "person": "people",
    "quiz": "quizzes",
    "salesperson": "salespeople",
    "shelf": "shelves",
    "tooth": "teeth",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women",
}
# Of these there are no several.
UNCOUNTED = {"equipment", "feedback", "information", "metadata", "news", "series", "software"}


def plural(noun: str) -> str:
    """Return the plural of an English noun, which follows the rules of its last word.

    An irregular one that is not known here is for whoever names it to say.
    """
    before, joint, last = noun.rpartition("_")
    return f"{before}{joint}{_plural(last)}"


def _plural(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    if word.endswith("sis"):
        return f"{word[:-2]}es"
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        return f"{word}es"
    return f"{word}s"


def looks_plural(noun: str) -> bool:
    """Tell whether a noun seems to be a plural already: `invoices`, but not `status`."""
    last = noun.rpartition("_")[2]
    if last in IRREGULAR.values() or last in UNCOUNTED:
        return True
    return last.endswith("s") and not re.search(r"(?:ss|us|is)$", last)


def is_uncounted(noun: str) -> bool:
    """Tell whether it is a noun of which there are no several, so that another word must help."""
    last = noun.rpartition("_")[2]
    return last in UNCOUNTED or last in IRREGULAR.values()


def spoken(name: str) -> str:
    """Return a name as prose has it: `purchase order`."""
    return name.replace("_", " ")


def with_article(name: str) -> str:
    """Return a name as prose has it, with an article: `an invoice`."""
    begins_soft = name[0] in "aeiou" and not SOUNDS_LIKE_A_CONSONANT.match(name)
    begins_soft = begins_soft or bool(SOUNDS_LIKE_A_VOWEL.match(name))
    return f"{'an' if begins_soft else 'a'} {spoken(name)}"


def camel(name: str) -> str:
    """Return a name as a class has it: `PurchaseOrder`."""
    return "".join(part.capitalize() for part in name.split("_"))


def capitalized(sentence: str) -> str:
    """Begin a sentence with a capital, and leave the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def listed(words: Sequence[str]) -> str:
    """Return words as prose lists them: `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
