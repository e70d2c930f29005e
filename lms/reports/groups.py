"""Small groups: what a reader without names may see of numbers (permissions.md, section 6)."""

from collections.abc import Mapping

FEWEST = 5


def hidden(sizes: Mapping[int, int], *, fewest: int = FEWEST) -> set[int]:
    """Which parts of a printed sum must not be printed: those under `fewest`, and then the next smallest until the rest
    that could be worked out by subtraction has `fewest` people or more. `sizes` maps a part to its people."""
    small = {key for key, size in sizes.items() if 0 < size < fewest}
    others = sorted((key for key, size in sizes.items() if size >= fewest), key=lambda key: (sizes[key], key))
    while small and (len(small) == 1 or sum(sizes[key] for key in small) < fewest) and others:
        small.add(others.pop(0))
    return small
