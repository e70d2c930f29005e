"""Language tags by the grammar of RFC 5646, section 2.1 (Data 4.2)."""

import re

# The irregular tags that were registered before the grammar; the regular ones fit it.
_IRREGULAR = (
    "en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay "
    "i-tsu sgn-be-fr sgn-be-nl sgn-ch-de"
).replace(" ", "|")

_COMMON = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2})?")
_TAG = re.compile(
    rf"""
    (?:[a-z]{{2,3}}(?:-[a-z]{{3}}){{0,3}} | [a-z]{{4,8}})           # language and its extensions
    (?:-[a-z]{{4}})?                                              # script
    (?:-(?:[a-z]{{2}} | [0-9]{{3}}))?                               # region
    (?P<variants>(?:-(?:[a-z0-9]{{5,8}} | [0-9][a-z0-9]{{3}}))*)
    (?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{{2,8}})+)*)
    (?:-x(?:-[a-z0-9]{{1,8}})+)?                                  # private use
    | x(?:-[a-z0-9]{{1,8}})+
    | {_IRREGULAR}
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def is_language_tag(text: str) -> bool:
    """Whether the tag is well-formed, with no variant and no singleton twice; no registry is looked up."""
    if _COMMON.fullmatch(text):
        return True
    found = _TAG.fullmatch(text)
    if found is None:
        return False
    subtags = (found["extensions"] or "").lower().split("-")
    return _is_distinct((found["variants"] or "").lower().split("-")) and _is_distinct(
        [subtag for subtag in subtags if len(subtag) == 1]
    )


def _is_distinct(subtags: list[str]) -> bool:
    return len(set(subtags)) == len(subtags)
