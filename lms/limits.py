"""How often somebody may try something, counted in the cache."""

import time

from django.core.cache import cache


def take(key: str, *, tries: int, seconds: int) -> bool:
    """Counts one try under `key` in the current window of `seconds`; False once there were more than `tries`."""
    window = f"limit:{key}:{int(time.time() // seconds)}"
    cache.add(window, 0, timeout=seconds)
    return cache.incr(window) <= tries
