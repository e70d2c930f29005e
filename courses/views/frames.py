"""What stands around every page of the player."""

from uuid import UUID

from django.utils.crypto import salted_hmac

from content.desks import Desk
from courses.walks import Place, Walk
from lms.days import today


def frame(request, walk: Walk, module: UUID, screen: str) -> dict:
    return {
        "walk": walk,
        "part": walk.part(module),
        "place": Place(walk.code, module, screen),
        "before": walk.neighbour(module, screen, -1),
        "after": walk.neighbour(module, screen, 1),
        "desk": Desk(request.user, today()),
        "is_learner_page": True,
        "reader": salted_hmac("reflection", str(request.user.pk)).hexdigest()[:16],
    }
