"""Questions with any words in them, each of a kind that can be one."""

from decimal import Decimal

from hypothesis import strategies as st

from courses.bank_items import (
    BankItem,
    BankOption,
    Choices,
    Matching,
    Numeric,
    Pair,
    PictureChoice,
    PictureOption,
    Rewriting,
    Scale,
    Sequencing,
    SortedCard,
    Sorting,
    TrueFalse,
    fault_of,
)

SIGNS = st.text("ab~=#{}:\\%->[]/$\"';,\n\r\t +@'0＝", max_size=12)
TEXTS = st.text(max_size=12) | SIGNS
# No blanks only, and different ones even when blanks around them do not count.
WORDS = TEXTS.filter(lambda text: text.strip() != "")


def _plainly(text: str) -> str:
    return text.strip().replace("\r\n", "\n").replace("\r", "\n").strip()


def unlike(count: int):
    return st.lists(WORDS, min_size=2, max_size=count, unique_by=_plainly)


@st.composite
def choices(draw):
    texts = draw(unlike(6))
    if draw(st.booleans()):
        right = draw(st.sets(st.sampled_from(range(len(texts))), min_size=1))
        is_several = True
    else:
        right, is_several = {draw(st.sampled_from(range(len(texts))))}, False
    made = [BankOption(text, at in right, draw(TEXTS)) for at, text in enumerate(texts)]
    return Choices(tuple(made), is_several)


@st.composite
def matchings(draw):
    terms, matches, extra = draw(unlike(5)), draw(unlike(5)), draw(st.lists(WORDS, max_size=2, unique_by=_plainly))
    used = {_plainly(match) for match in matches}
    pairs = tuple(Pair(term, draw(st.sampled_from(matches))) for term in terms)
    return Matching(pairs, tuple(one for one in extra if _plainly(one) not in used))


@st.composite
def numerics(draw):
    numbers = st.decimals(Decimal(-99999), Decimal(99999), places=4)
    low, high = sorted([draw(numbers), draw(numbers)])
    return Numeric(low, high, draw(st.just("") | WORDS.map(_plainly)))


@st.composite
def sortings(draw):
    categories = draw(unlike(6))
    numbers = st.sets(st.integers(1, len(categories)), min_size=1).map(sorted).map(tuple)
    return Sorting(tuple(categories), tuple(SortedCard(text, draw(numbers)) for text in draw(unlike(6))))


@st.composite
def rewritings(draw):
    texts = draw(unlike(6))
    right = draw(st.sampled_from(texts))
    return Rewriting(draw(WORDS), tuple(BankOption(text, text == right) for text in texts))


@st.composite
def picture_choices(draw):
    texts = draw(unlike(6))
    right = draw(st.sampled_from(texts))
    return PictureChoice(tuple(PictureOption(draw(WORDS), text, text == right) for text in texts))


TRUE_FALSE = st.builds(TrueFalse, st.booleans(), TEXTS, TEXTS)
LINES = st.lists(WORDS, min_size=3, max_size=7, unique_by=_plainly).map(tuple)
IN_GIFT = (choices() | matchings() | numerics() | TRUE_FALSE).filter(lambda body: fault_of(body) is None)
IN_CSV_ONLY = sortings() | rewritings() | picture_choices() | LINES.map(Sequencing) | LINES.map(Scale)


def bank_items(bodies=IN_GIFT):
    said = st.just("") | WORDS
    return st.builds(
        BankItem,
        title=said,
        prompt=WORDS,
        body=bodies,
        rationale=said,
        course=said,
        objective=said,
        difficulty=st.integers(0, 3),
        is_must_pass=st.booleans(),
        source=said,
        tags=st.lists(WORDS.map("t{}".format), max_size=3).map(tuple),
        ident=said,
        category=said,
    )
