"""In which language the interface speaks."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def spoken(wanted: str | None) -> str:
    """The language wanted, where the interface has a catalogue of it, else English."""
    return wanted if wanted and wanted in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE


def speak_to_reader(request: HttpRequest) -> None:
    """Activates the person's own language; a stranger's is that of the address or the browser."""
    user = getattr(request, "user", None)
    language = spoken(user.language if user is not None and user.is_authenticated else translation.get_language())
    translation.activate(language)
    request.LANGUAGE_CODE = language
