"""The bank's doors for files: what a trainer sees before and after."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.bank_csv import read
from courses.models import Question
from lms.people.models import AccessEntry
from tests.factories.course import make_question

IMPORT, EXPORT = "/admin/snippets/courses/question/import/", "/admin/snippets/courses/question/export/"
GIFT = "::NEW-1::What is so?{=this ~that ####Since.}\n\n::NEW-2::Tell.{}\n"
BAD = "code,kind,prompt,right,option 1,option 2\nN-1,true/false,So.,true\nN-2,single choice,Which?,3,a,b\n"


def upload(client, text: str | bytes, name: str = "questions.gift"):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def signed(response) -> str:
    return unescape(re.search(r'name="signed" value="([^"]*)"', response.content.decode())[1])


def test_a_file_is_shown_before_anything_is_done_and_then_brought_in(signed_in, cast, course):
    client = signed_in(cast.trainer)
    before = Question.objects.count()

    shown = upload(client, GIFT)
    count_shown = Question.objects.count()
    done = client.post(IMPORT, {"signed": signed(shown)}, follow=True)

    page = shown.content.decode()
    assert (shown.status_code, count_shown) == (200, before)
    assert ("new, as a draft" in page, "An essay is not taken." in page) == (True, True)
    assert "1 question is in the bank as a draft." in done.content.decode()
    assert Question.objects.get(code="NEW-1").latest_revision.user == cast.trainer


def test_what_would_change_in_a_question_that_there_is_is_told(signed_in, cast, course):
    page = upload(signed_in(cast.trainer), "::TST-Q4::Other words.{F}").content.decode()

    assert "changed, as a draft: question" in " ".join(page.split())


def test_every_bad_line_is_named_and_nothing_can_be_confirmed(signed_in, cast):
    page = upload(signed_in(cast.trainer), BAD, "questions.csv").content.decode()

    assert re.search(r"<td>3</td>\s*<td>right</td>\s*<td>3</td>\s*<td>These are no numbers of options.</td>", page)
    assert 'name="signed"' not in page


def test_of_very_many_bad_lines_the_first_are_shown_and_the_others_counted(signed_in, cast):
    page = upload(signed_in(cast.trainer), "kind,prompt\n" + "essay,Why?\n" * 205, "questions.csv").content.decode()

    assert (page.count("This is no kind of question."), "And 5 more." in page) == (200, True)


def test_confirming_twice_does_it_once(signed_in, cast):
    client = signed_in(cast.trainer)
    agreed = signed(upload(client, GIFT))

    first = client.post(IMPORT, {"signed": agreed})
    second = client.post(IMPORT, {"signed": agreed})

    assert (first.status_code, second.status_code, Question.objects.filter(code="NEW-1").count()) == (302, 409, 1)
    assert "There is nothing to do" in second.content.decode()


def test_what_was_shown_to_somebody_else_or_was_changed_is_refused(signed_in, cast):
    agreed = signed(upload(signed_in(cast.trainer), GIFT))

    answers = [
        signed_in(cast.publisher).post(IMPORT, {"signed": agreed}),
        signed_in(cast.trainer).post(IMPORT, {"signed": agreed[:-1]}),
    ]

    assert ([answer.status_code for answer in answers], Question.objects.count()) == ([422, 422], 0)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (GIFT, "questions.docx", "ends in .csv, .gift or .txt"),
        (b"\xff\xfe\x00", "questions.gift", "not in UTF-8"),
        (b"a" * 1_000_001, "questions.gift", "larger than 1 MB"),
    ],
)
def test_files_that_are_none_are_given_back_in_words(signed_in, cast, content, name, words):
    answer = upload(signed_in(cast.trainer), content, name)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_an_export_asks_for_its_purpose_and_keeps_it(signed_in, cast, course):
    client = signed_in(cast.trainer)

    refused = client.post(EXPORT, {"form": "csv"})
    file = client.post(EXPORT, {"form": "csv", "purpose": "translation"})

    entry = AccessEntry.objects.get(purpose="translation")
    assert (refused.status_code, file.headers["Content-Type"], file.headers["Cache-Control"]) == (
        422,
        "text/csv; charset=utf-8",
        "no-store",
    )
    assert [item.title for item in read(file.content.decode()).items][:2] == ["TST-K1", "TST-Q1"]
    assert (entry.actor, entry.what, entry.selection, entry.count) == (cast.trainer, "question bank", {"format": "csv"}, 6)


def test_a_gift_file_for_moodle(signed_in, cast, course):
    file = signed_in(cast.publisher).post(EXPORT, {"form": "gift", "purpose": "an exchange"})

    assert "::TST-Q4::[plain]Prompt of TST-Q4.{FALSE####Rationale of TST-Q4.}" in file.content.decode().replace("\n", "")
    assert file.headers["Content-Disposition"].endswith('.gift"')


def test_what_cannot_be_taken_out_is_named_before(signed_in, cast):
    question = make_question("TST-EMPTY")
    question.body = []
    question.save_revision()

    assert "TST-EMPTY." in signed_in(cast.trainer).get(EXPORT).content.decode()


def test_the_list_of_questions_leads_to_both(signed_in, cast, course):
    page = signed_in(cast.trainer).get("/admin/snippets/courses/question/").content.decode()

    assert (IMPORT in page, EXPORT in page) == (True, True)
    assert (
        '"label": "Questions", "icon_name": "help", "classname": "", "attrs": {}, "url": "/admin/snippets/courses/question/"'
        in page
    )
