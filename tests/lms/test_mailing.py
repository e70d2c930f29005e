from django.utils import translation
from django.utils.translation import gettext

from lms import mailing

LINK = "https://learn.test/account/x/"


def send(*, language="en", name="Lea"):
    mailing.send("invitation", address="lea@osce.test", language=language, name=name, link=LINK, organisation="OSCE")


def test_a_mail_has_subject_sender_text_and_html(mailoutbox, settings):
    settings.DEFAULT_FROM_EMAIL = "Learning <learning@osce.test>"

    send()

    [mail] = mailoutbox
    assert (mail.subject, mail.from_email, mail.to) == (
        "Your account for Learning for protection",
        "Learning <learning@osce.test>",
        ["lea@osce.test"],
    )
    assert mail.body.startswith("Dear Lea,\n")
    assert [kind for _content, kind in mail.alternatives] == ["text/html"]
    assert [LINK in text for text in (mail.body, mail.alternatives[0][0])] == [True, True]


def test_a_name_is_text_in_html_and_as_written_in_text(mailoutbox):
    send(name="Lea <b>& Co</b>")

    [mail] = mailoutbox
    assert mail.body.startswith("Dear Lea <b>& Co</b>,\n")
    assert "Dear Lea &lt;b&gt;&amp; Co&lt;/b&gt;," in mail.alternatives[0][0]


def test_links_come_from_the_configured_address(mailoutbox, settings):
    settings.PUBLIC_URL = "https://learning.osce.test"

    send()

    assert "Afterwards you sign in at https://learning.osce.test with this address." in mailoutbox[0].body


def test_a_mail_of_the_demo_says_so(mailoutbox, settings):
    settings.DEMO = True

    send()

    assert mailoutbox[0].body.startswith("Demonstration: invented people, no real certificates.\n")


def test_a_mail_speaks_the_readers_language_and_leaves_ours_alone(mailoutbox):
    with translation.override("ru"):
        subject = gettext("Your account for %(product_name)s") % {"product_name": "Learning for protection"}

    with translation.override("en"):
        send(language="ru")
        ours = translation.get_language()

    [mail] = mailoutbox
    assert (mail.subject, ours) == (subject, "en")
    assert mail.alternatives[0][0].startswith('<!doctype html>\n<html lang="ru">')
