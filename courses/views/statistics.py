"""How items and stories do their work, in the admin beside the bank: numbers for those to whom a course was given."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import figures
from lms.days import today
from lms.people.access import Scope
from lms.people.guards import find, needs

numbers = needs("P4", within=[Scope.TOTAL])


@numbers
@require_safe
def courses(request):
    return render(request, "courses/statistics/courses.html", {"courses": figures.given_courses(request.user)})


@numbers
@require_safe
def items(request, code):
    course = find(request, figures.given_courses(request.user), code__iexact=code)
    found = figures.items_of(course, user=request.user, day=today())
    return render(request, "courses/statistics/items.html", {"course": course, "items": found})


@numbers
@require_safe
def stories(request, code):
    course = find(request, figures.given_courses(request.user), code__iexact=code)
    return render(request, "courses/statistics/stories.html", {"course": course, "stories": figures.stories_of(course)})
