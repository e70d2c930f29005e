"""A wrong question is withdrawn and a learner helped; another learner takes the quiz first."""

from playwright.sync_api import Page, expect

from tests.browser.learning import finish_story, go_to_the_story, press, sit

FIRST_OF_THE_NEXT_PART = "Seven words"
# She failed because of one question about safety, and another learner stands before it.
STAGE = """
import json
from courses import answering
from courses.models import Question
from tests.browser.inside import enrol, quiz_of, read, sit
sit(read("j12"), is_right=True, but="FND-Q2")
waiting = enrol("j21")
attempt = answering.start_quiz(waiting, module=quiz_of(waiting))
key = str(Question.objects.get(code="FND-Q2").translation_key)
place = [line["key"] for line in attempt.drawn].index(key) + 1
print(json.dumps(f"/learn/fnd/{quiz_of(waiting)}/quiz/{place}/"))
"""


def no_fault_of_ours(page: Page, axe) -> bool:
    return axe(page, {"include": [["main"]]}) == []


def test_a_wrong_question_is_withdrawn_and_who_failed_by_it_has_passed(visit, sign_in, copy, axe):
    item = copy.read(STAGE)
    learner = sign_in(visit(base=copy.url, width=360), "j12")
    learner.goto("/learn/fnd/")
    expect(learner.get_by_text("the quiz is not passed yet")).to_be_visible()

    publisher = sign_in(visit(base=copy.url, expects_errors=True), "publisher")
    publisher.goto("/admin/snippets/courses/question/?q=FND-Q2")
    publisher.get_by_role("link", name="FND-Q2", exact=True).click()
    publisher.get_by_role("button", name="Actions", exact=True).click()
    publisher.get_by_role("link", name="Withdraw as wrong").click()
    expect(publisher.get_by_label("What is wrong with it?")).to_be_visible()
    assert no_fault_of_ours(publisher, axe)
    publisher.get_by_label("What is wrong with it?").fill("Two options are right.")
    publisher.get_by_role("button", name="Withdraw it now").click()
    expect(publisher.get_by_role("row", name="counts as passed")).to_contain_text("fewer than five")
    assert no_fault_of_ours(publisher, axe)
    publisher.get_by_role("button", name="Look at them again now").click()
    expect(publisher.get_by_text("Done. Everybody whom the question touched")).to_be_visible()
    publisher.goto("/admin/snippets/courses/question/?q=FND-Q2")
    expect(publisher.get_by_role("row", name="FND-Q2")).to_contain_text("withdrawn")

    learner.reload()
    expect(learner.get_by_text("was looked at again and counts as passed.")).to_be_visible()
    expect(learner.get_by_role("heading", name="You have completed this course")).to_be_visible()
    assert axe(learner) == []
    other = sign_in(visit(base=copy.url, width=320), "j21")
    other.goto(item)
    expect(other.get_by_text("It counts for nobody; go on with the others.")).to_be_visible()
    assert axe(other) == []


def test_who_knows_the_subject_takes_the_quiz_first_without_javascript(visit, sign_in, copy):
    page = sign_in(visit(base=copy.url, java_script_enabled=False), "j22")
    page.goto("/learn/fnd/")
    expect(page.get_by_role("heading", name="Do you know the subject already?")).to_be_visible()

    press(page.get_by_role("button", name="Take the quiz first"))
    sit(page)
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    page.goto("/learn/fnd/")
    missing = page.get_by_role("region", name="Missing for completion").get_by_role("link")
    expect(missing).to_have_text(["My conduct"])
    press(missing)
    go_to_the_story(page)
    finish_story(page)
    while not page.get_by_role("heading", name=FIRST_OF_THE_NEXT_PART).count():
        press(page.get_by_role("button", name="Next"))
    page.goto("/learn/fnd/")
    expect(page.get_by_role("heading", name="You have completed this course")).to_be_visible()
