"""Names the browser and the system that a session came from, out of what browsers call themselves."""

from typing import NamedTuple


class Device(NamedTuple):
    """Each "" where it is not known."""

    browser: str
    system: str


# The first mark that stands in it counts: nearly all of them also call themselves Chrome, and Chrome itself Safari.
BROWSERS = (
    (("Edg/", "EdgA/", "EdgiOS/", "Edge/"), "Edge"),
    (("OPR/", "OPT/", "OPX/", "Opera"), "Opera"),
    (("SamsungBrowser/",), "Samsung Internet"),
    (("YaBrowser/",), "Yandex Browser"),
    (("Vivaldi/",), "Vivaldi"),
    (("Firefox/", "FxiOS/"), "Firefox"),
    (("Chrome/", "CriOS/", "Chromium/"), "Chrome"),
    (("MSIE ", "Trident/"), "Internet Explorer"),
    (("Safari/",), "Safari"),
)
SYSTEMS = (
    (("Windows",), "Windows"),
    (("Android",), "Android"),
    (("iPhone", "iPod"), "iPhone"),
    (("iPad",), "iPad"),
    (("CrOS",), "ChromeOS"),
    (("Macintosh", "Mac OS X"), "Mac"),
    (("Linux", "X11"), "Linux"),
)


def device_of(user_agent: str) -> Device:
    """`user_agent` is the header as it was sent, or any text at all."""
    return Device(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(table: tuple[tuple[tuple[str, ...], str], ...], text: str) -> str:
    return next((name for marks, name in table if any(mark in text for mark in marks)), "")
