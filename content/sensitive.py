"""Looks for what should not stand in a free text: signs that somebody could be recognised."""

import re

SIGNS = {
    "telephone": re.compile(r"(?<!\w)\+?\d(?:[\s()/.-]?\d){6,}"),
    "address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "birth": re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})\b"),
    "document": re.compile(r"\b(?=[A-Z0-9]{7,12}\b)(?=(?:[A-Z]*\d){5,})[A-Z]{1,3}[0-9]{5,9}\b"),
    # Two capitalised words in a row beside a quotation mark: somebody is quoted by name.
    "name": re.compile(
        r"[A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я][\w’'-]+\s+[A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я][\w’'-]+[^.\n]{0,40}[\"“”„«»]|[\"“”„«»][^.\n]{0,40}[A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я][\w’'-]+\s+[A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я][\w’'-]+"
    ),
}


def signs_in(text: str) -> list[str]:
    """Which of telephone, address, birth, document, name the text seems to hold, in that order."""
    without_dates = SIGNS["birth"].sub(" ", text)  # a date is no telephone number
    return [sign for sign, pattern in SIGNS.items() if pattern.search(text if sign == "birth" else without_dates)]
