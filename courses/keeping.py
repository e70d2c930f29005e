"""Keeps what somebody sent after her session had ended, until she is signed in again."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import ResolverMatch, reverse

KEY = "kept_answer"
PLACES = {"code", "module", "screen", "place"}
NO_ANSWER = {"csrfmiddlewaretoken", "question", "try_number"}
MOST_SIGNS, MOST_VALUES = 40, 20


@dataclass(frozen=True)
class Kept:
    """An answer that nobody has graded yet: what the form of that question sent."""

    path: str
    question: str
    sent: dict[str, list[str]]


def keep(request: HttpRequest, match: ResolverMatch) -> str:
    """Puts the answer into the anonymous session, where it holds no person; returns where to go after signing in."""
    kwargs = {name: value for name, value in match.kwargs.items() if name in PLACES}
    if "place" in kwargs:
        path = reverse("courses:quiz_item", kwargs=kwargs)
    elif "screen" in kwargs:
        path = reverse("courses:screen", kwargs=kwargs)
    elif "module" in kwargs:
        path = reverse("courses:quiz" if "quiz" in str(match.url_name) else "courses:module", kwargs=kwargs)
    else:
        path = reverse("courses:course", kwargs=kwargs) if "code" in kwargs else reverse("courses:my_learning")
    if "question" in request.POST:
        request.session[KEY] = {
            "path": path,
            "question": request.POST["question"][:36],
            "sent": {
                name[:MOST_SIGNS]: [value[:MOST_SIGNS] for value in request.POST.getlist(name)[:MOST_VALUES]]
                for name in [name for name in request.POST if name not in NO_ANSWER][:MOST_VALUES]
            },
        }
    return path


def kept_for(request: HttpRequest) -> Kept | None:
    """The answer that belongs to this page, to be shown filled in."""
    plain = request.session.get(KEY)
    if not plain or plain["path"] != request.path:
        return None
    return Kept(plain["path"], plain["question"], plain.get("sent", {}))


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
