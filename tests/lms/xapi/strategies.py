"""What Hypothesis draws: any JSON, and conformant statements that were changed somewhere."""

from hypothesis import strategies as st

from tests.lms.xapi.valid_statements import (
    AGENTS,
    COMPONENTS,
    GROUPS,
    SECOND_STATEMENTS,
    STATEMENTS,
    TARGET,
    drop,
    get,
    paths,
    put,
)

VERSIONS = st.sampled_from(["1.0.3", "2.0.0"])
VALID = [*STATEMENTS.values(), *SECOND_STATEMENTS.values()]
NAMES = sorted({path.rpartition(".")[2] for statement in VALID for path, _ in paths(statement) if path[-1] not in '"]'} - {"$"})
WORDS = [
    "Agent",
    "Group",
    "Activity",
    "StatementRef",
    "SubStatement",
    "choice",
    "mailto:a@b.c",
    "urn:x",
    TARGET,
    "PT1S",
]
TEXTS = st.sampled_from([*WORDS, "2026-03-01T09:30:00Z", "en"]) | st.text(st.characters(exclude_categories=()), max_size=9)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
ANYTHING = st.recursive(
    LEAVES | st.sampled_from([*AGENTS.values(), *GROUPS.values(), COMPONENTS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | TEXTS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def mutations(draw):
    """A valid statement after one to three changes: a value replaced, moved, added or removed."""
    statement = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 3))):
        every = [path for path, _ in paths(statement, into_extensions=True)]
        path = draw(st.sampled_from(every))
        change = draw(st.sampled_from(["replace", "move", "add", "remove"]))
        if change == "replace":
            statement = put(statement, path, draw(ANYTHING))
        elif change == "move":
            statement = put(statement, path, get(statement, draw(st.sampled_from(every))))
        elif change == "add" and isinstance(get(statement, path), dict):
            statement = put(statement, f"{path}.{draw(st.sampled_from(NAMES))}", draw(ANYTHING))
        elif change == "remove" and path != "$":
            statement = drop(statement, path)
        if not isinstance(statement, dict):
            break
    return statement
