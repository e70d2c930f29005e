"""Run inside the product by test_accessibility.py: puts something to see on every page, and prints the addresses of it."""

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from certificates import issuing
from certificates.models import Certificate
from content import rating, triaging
from content.models import Contact, Fact, GuideFeedback, GuideIndexPage, GuidePage, HomePage, Picture, StandardPage, TextReport
from courses import answering, arranging, assigning, convening, correcting, disputing, recommending, undoing
from courses.models import (
    CourseIndexPage,
    CoursePage,
    FoldFault,
    ItemTally,
    LanguageVersion,
    ModulePage,
    Question,
    Reminder,
    Requirement,
    ScenarioTally,
)
from lms.days import add_months, today
from lms.people import appointing, auditing, entrusting, feeding, hosting, hr_files, naming, standing, versioning
from lms.people.hr_feed import COLUMNS
from lms.people.models import Posting, Role, RoleGrant, Structure
from lms.reports import depositing, keeping, sheeting, trending
from lms.reports.models import Export, Sheet
from lms.rights import requesting
from lms.xapi import granting, storing
from lms.xapi.texts import Received
from tests.browser.inside import complete, enrol, person, quiz_of, sit
from tests.factories.outside import MODULES, PAYLOADS, laden, told
from tests.factories.people import make_person

PASSWORD = "blue lamp under the stairs"  # of the whole staging
COMMENT = "The chapter on interviews is out of date.\nIt does not name the report of 2013."


def say(guide: GuidePage, **changes) -> GuideFeedback:
    values = {"used_for": "report", "useful": 4, "accurate": 3, "easy": 5, "up_to_date": "no", "would_recommend": True}
    values |= {"comment": COMMENT, "missing": ["children", "online"]} | changes
    section = next(iter(guide.section_titles))
    return rating.send(guide, values, by=person("j17"), submission=uuid4(), section=section, is_named=True)


# A learner in the middle, one who is done, one who failed twice, and one whose name waits for HR.
reading = enrol("j16")
answering.start_quiz(reading, module=quiz_of(reading))
valid, expired, withdrawn = complete("j17"), complete("j14"), complete("manager")
Certificate.objects.filter(pk=expired.pk).update(valid_until=today() - timedelta(days=1))
issuing.withdraw(withdrawn, by=person("admin"), reason="The name was misspelt.")
failing = enrol("j18")
sit(failing, is_right=False)
sit(failing, is_right=False)
naming.present(person("j15"), display_name="Somebody Else", language="en")
complete("j15")

guide = GuidePage.objects.get(slug="gender-aspects")
say(guide)
triaging.set_state([say(guide)], state="declined", answer="The report of 2013 is named in chapter 4.", by=person("guides"))
triaging.report_text(say(guide), by=person("j17"))
decided = say(guide, translation_term="human traffic", translation_better="trafficking in human beings")
triaging.report_text(decided, by=person("guides"))
for administrator in ("admin", "admin2"):
    triaging.decide(TextReport.objects.get(feedback=decided), decision="delete", by=person(administrator))
TextReport.objects.filter(closed_at=None).update(reported_at=timezone.now() - timedelta(days=2))
triaging.report_text(say(guide), by=person("j17"))
# A client whose key was stolen: it said that somebody is done, and an administrator asked for the undo.
told_of = enrol("j13")
stolen, _secret = granting.grant(
    "Travel office",
    scopes=["statements/write", "progress"],
    activity_prefix=MODULES,
    expires_at=timezone.now() + timedelta(days=90),
    granted_by=person("admin").uuid,
    agreed_by=person("admin2").uuid,
)
acts = [
    told(told_of, SimpleNamespace(translation_key=module.key), "passed" if module.quiz else "completed")
    for module in told_of.edition.modules
]
storing.receive([Received(json.dumps(act), act) for act in acts], version="1.0.3", credential=stolen)
hostile, _secret = granting.grant(
    PAYLOADS[1],
    scopes=["all"],
    expires_at=timezone.now() + timedelta(days=90),
    granted_by=person("admin").uuid,
    agreed_by=person("admin2").uuid,
)
act = laden(PAYLOADS)
storing.receive([Received(json.dumps(act), act)], version="1.0.3", credential=hostile)
FoldFault.objects.create(
    registration=told_of.registration,
    statements=[act["id"] for act in acts],
    kind="KeyError",
    place="courses/models/editions.py:37 __init__",
    at=timezone.now(),
)
hour_ago = timezone.now() - timedelta(hours=1)
asked = undoing.ask(stolen.key, since=hour_ago, reason="The key was stolen.", by=person("admin2"))
case = auditing.open_case(
    person("auditor"), person("j17"), course=told_of.course.key, reason="A complaint of 3 November.", by=person("admin")
)
appointing.grant(person("j14"), Role.AUDITOR, by=person("admin2"), starts_on=today())

# A driver without a mailbox, a session that is planned and one that waits for the second person.
complete("focal")
driver = make_person("Drago Driver", structure=Structure.objects.get(code="MSKP"), staff_number="D-700", email=None)
sessions = [
    convening.convene(
        told_of.course,
        key=uuid4(),
        language="en",
        structure=Structure.objects.get(code="MSKP"),
        held_on=today(),
        place="Garage",
        names=["D-700", "Jo 12 Travels"],
        by=person("focal"),
    )
    for _ in range(2)
]
convening.record(sessions[1], held_on=today(), outcomes={driver.uuid: convening.Outcome.PASSED}, by=person("focal"))

# Enough people answered last month, and a story was read by many.
before = add_months(today().replace(day=1), -1)
ItemTally.objects.update(month=before, count=F("count") * 20, right_count=F("right_count") * 20)
for told_in in ModulePage.objects.live():
    for screen_id, value in told_in.scenarios.items():
        for node in value.scenario.nodes:
            for choice in node.choices:
                ScenarioTally.objects.create(
                    module=told_in.translation_key, screen=screen_id, node=node.key, choice=choice.key, count=12
                )
Reminder.objects.get_or_create(person=person("j14"), day=today())  # unless the worker was there before
# A feed that HR looked at: by it everybody would leave but one, and another line is refused.
staff = [",".join(COLUMNS)]
staff.append("J-1,Jo 1 Travels,j1@example.org,MSKP,Skopje,human-rights,seconded,2026-01-05,,,en")
staff.append("N-1,Nadia New,n1@example.org,NOWHERE,Skopje,human-rights,seconded,2026-01-05,,,en")
sheet = hr_files.read_csv(staff)
looked_at = feeding.receive(sheet, file_name="staff.csv", file_sha256="0" * 64, by=person("hr2"), day=today())

# What people said of their states, and what came of it.
fnd = told_of.course
assigning.apply_rules(today())
data_request = requesting.ask(person("j15"), kind="erasure", words="My answers, please.", submission=uuid4())
answered, _waiting, asked_of_hr = [
    disputing.ask(person(name), fnd, reason="date", words="I came in June.\nNot in January.", submission=uuid4())
    for name in ("j16", "j15", "j14")
]
disputing.explain(answered, by=person("hr"), answer="The staff record says January. Your manager can have it changed.")
day = today() + timedelta(days=60)
arranging.ask(person("j15"), fnd, wanted_on=day, words="Field work until then.", submission=uuid4())
correcting.ask_later_date(
    person("j15"), fnd, due_on=day, starts_on=today(), reason="wrong-date", answer="It is moved.", by=person("hr2")
)
people = [person(name) for name in ("j15", "j16")]
recommending.recommend(fnd, people, by=person("focal"), day=today(), until=day, note="Worth it before the autumn.")

# A guest who came, and one who has not.
stays = [
    hosting.invite(
        by=person("focal"),
        name=name,
        email=f"{name.split()[0].lower()}@example.org",
        organisation="Shelter network of the valley",
        language="en",
        structure=Structure.objects.get(code="MSKP"),
        course_keys=[str(fnd.key)],
        until=day,
        reason="Joint training with the mission.",
    )
    for name in ("Guest Here", "Guestlist Waiting")
]
here = stays[0].person
here.set_password(PASSWORD)
here.save()
hosting.accept(here)

# A manager is away, and contacts were checked long ago.
standing.name(person("manager"), person("j16"), starts_on=today(), until=day, by=person("manager"))
Contact.objects.filter(structure__code="MSKP").update(checked_on=today() - timedelta(days=80))

# A report of today as it was known before the last feed's people were in post, one as known now, and one that is kept.
versioning.date_back(timezone.now() - timedelta(days=1), timezone.now() - timedelta(days=40))
earlier = Sheet.objects.create(day=today(), known_at=timezone.now() - timedelta(days=2), asked_at=timezone.now())
sheet = Sheet.objects.create(day=today(), known_at=timezone.now(), asked_at=timezone.now())
sheeting.work_out_waiting()
sheet.refresh_from_db()
keeping.keep(sheet, title="As it stands", with_names=False, by=person("hr"), purpose="Demonstration")

# What programs use, and the files of last night.
entrusting.allow(
    person("hr"),
    name="Personnel system",
    purpose="Nightly copy of completions",
    scopes=["completions"],
    until=day,
    by=person("admin"),
)
sheeting.follow(today())
depositing.deposit()
# A file that a worker is at.
now = timezone.now()
export = Export.objects.create(
    owner=person("hr"), form="xlsx", purpose="Review", stage="working", takes=1, done=40, total=100, asked_at=now, beat_at=now
)

# Where each kind of block stands for the first time.
screens: dict[str, str] = {}
for module in ModulePage.objects.live().order_by("path"):
    for screen in module.body:
        for block in screen.value["body"]:
            kind = block.value.content.name if block.block_type == "question" else block.block_type
            screens.setdefault(kind, f"/learn/fnd/{module.translation_key}/{screen.id}/")
quiz = ModulePage.objects.get(translation_key=quiz_of(reading))
# Months that are over, for the trend and for readers of totals.
Requirement.objects.update(starts_on=today() - timedelta(days=120))
LanguageVersion.objects.update(reviewed_on=today() - timedelta(days=120))
Posting.objects.update(starts_on=F("entered_on"))
assigning.apply_rules(today())
sheeting.follow(today())
trending.follow_months(today())

question = Question.objects.filter(live=True).order_by("code").first()
found = {
    "screens": screens,
    "quiz": f"/learn/fnd/{quiz_of(reading)}/quiz/",
    "guide": str(guide.translation_key),
    "person": str(person("j14").uuid),
    "keeper": str(person("guides").uuid),
    "valid": valid.code,
    "expired": expired.code,
    "withdrawn": withdrawn.code,
    "client": stolen.key,
    "second_client": granting.grant(
        "Statistics", scopes=["statements/read/mine"], expires_at=timezone.now() + timedelta(days=90)
    )[0].key,
    "hour_ago": hour_ago.strftime("%Y-%m-%dT%H:%M"),
    "undo": str(asked.uuid),
    "case": case.pk,
    "feed": str(looked_at.uuid),
    "driver": str(driver.uuid),
    "guest": str(stays[0].uuid),
    "invited_guest": str(stays[1].uuid),
    "session": str(sessions[0].uuid),
    "recorded": str(sessions[1].uuid),
    "dispute": str(asked_of_hr.uuid),
    "data_request": str(data_request.uuid),
    "export": str(export.uuid),
    "sheet": str(sheet.uuid),
    "earlier_sheet": str(earlier.uuid),
    "focal_grant": RoleGrant.objects.get(person=person("focal"), role=Role.FOCAL_POINT).pk,
    "line": Requirement.objects.known().order_by("pk").values_list("pk", flat=True)[0],
    "question": question.pk,
    "question_revision": question.latest_revision_id,
    "fact": Fact.objects.order_by("code").first().pk,
    "contact": Contact.objects.get(structure__code="MSKP").pk,
    "picture": Picture.objects.first().pk,
    "home": HomePage.objects.get(locale__language_code="en").pk,
    "about": StandardPage.objects.get(slug="about").pk,
    "library": GuideIndexPage.objects.get().pk,
    "guide_page": guide.pk,
    "courses": CourseIndexPage.objects.get().pk,
    "course": CoursePage.objects.get(code="FND").pk,
    "module": ModulePage.objects.child_of(CoursePage.objects.get(code="FND")).first().pk,
    "quiz_module": quiz.pk,
    "story_module": next(module.pk for module in ModulePage.objects.live().order_by("path") if module.scenarios),
}
print(json.dumps(found))  # noqa: T201
