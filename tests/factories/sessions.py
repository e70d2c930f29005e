"""Group sessions, by the verb of the product."""

from uuid import uuid4

from courses import convening
from courses.models import GroupSession
from lms.days import today


def convene(cast, course, *names, **values) -> GroupSession:
    """By the focal point of the mission for today, unless said otherwise."""
    values = {"language": "en", "structure": cast.mission, "held_on": today(), "place": "Garage", "by": cast.focal, **values}
    return convening.convene(getattr(course, "course", course), key=uuid4(), names=names or ["Lea Learner"], **values)
