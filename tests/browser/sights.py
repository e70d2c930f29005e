"""Every page of ours, who looks at it and what she does there first; test_accessibility.py goes through them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from tests.browser import learning
from tests.browser.conftest import PASSWORD, Product
from tests.browser.learning import begin_story, finish_story, open_question, take

NOBODY = ""  # somebody who is not signed in
Act = Callable[[Page, Product], None]


@dataclass(frozen=True)
class Sight:
    """`name` is the address's name in the product, `path` a text whose fields the staging fills in."""

    name: str
    path: str
    act: Act | None = None


def press(page: Page, name: str | re.Pattern) -> None:
    learning.press(page.get_by_role("main").get_by_role("button", name=name).first)


def fail_to_sign_in(page: Page, product: Product) -> None:
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the right one")
    press(page, "Sign in")


def sign_in_as_j17(page: Page, product: Product) -> None:
    page.get_by_label("Email").fill("j17@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def make_the_secret(page: Page, product: Product) -> None:
    press(page, "Make the secret")


def fail_to_sign_in_by_code(page: Page, product: Product) -> None:
    page.get_by_label("Staff number").fill("D-000")
    page.get_by_label("One-time code").fill("not this one")
    press(page, "Sign in")


def let_the_page_stand_too_long(page: Page, product: Product) -> None:
    page.context.clear_cookies(name="csrftoken")
    fail_to_sign_in(page, product)


def ask_for_a_link(page: Page, product: Product) -> None:
    page.get_by_label("Email").fill("j18@example.org")
    press(page, "Send me the link")


def follow_the_link(page: Page, product: Product) -> None:
    mail = product.wait_for_mail("j18@example.org").replace("=\n", "").replace("=3D", "=")
    page.goto(re.search(r"http://localhost:\d+(/account/password/reset/key/\S+)", mail).group(1))


def follow_the_invitation(page: Page, product: Product) -> None:
    mail = product.wait_for_mail("guestlist@example.org").replace("=\n", "").replace("=3D", "=")
    page.goto(re.search(r"http://localhost:\d+(/account/password/reset/key/\S+)", mail).group(1))


def invite_nobody(page: Page, product: Product) -> None:
    press(page, "Invite her")


def prolong_for_ever(page: Page, product: Product) -> None:
    page.evaluate("document.querySelector('[name=until]').type = 'text'")
    page.get_by_label("New last day").fill("for ever")
    press(page, "Prolong her stay")


def save_the_password(page: Page, product: Product) -> None:
    follow_the_link(page, product)
    for label in ("New password", "New password, once more"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    press(page, "Save the password")


def send_an_empty_form(page: Page, product: Product) -> None:
    press(page, re.compile("^(Send|Save|Check|Compare|Save the password)$"))


def ask_for_a_day_to_come(page: Page, product: Product) -> None:
    page.get_by_label("State date").fill("2099-12-31")
    press(page, "Work it out")


def answer_nothing(page: Page, product: Product) -> None:
    learning.press(open_question(page).get_by_role("button", name="Check"))


def answer_something(page: Page, product: Product) -> None:
    open_question(page).locator(".option input").first.check()
    answer_nothing(page, product)


def begin_the_story(page: Page, product: Product) -> None:
    begin_story(page)


def choose_nothing(page: Page, product: Product) -> None:
    begin_story(page)
    press(page, "Go on")


def choose_something(page: Page, product: Product) -> None:
    begin_story(page)
    take(page)


def come_to_the_end(page: Page, product: Product) -> None:
    finish_story(page)


def send_a_trail_that_is_not_ours(page: Page, product: Product) -> None:
    begin_story(page)
    page.evaluate("document.querySelector('[name=trail]').value = 'x'")
    take(page)


def ask_for_the_alternative(page: Page, product: Product) -> None:
    press(page, "Do the alternative instead")


def read_what_is_hostile(page: Page, product: Product) -> None:
    """Threat 20: a statement full of scripts is text. What ran, or what the policy stopped, would stand in the console."""
    expect(page.get_by_text("javascript:mark()").first).to_be_attached()
    expect(page.locator("[href^='javascript:'], [onerror], [onload], main script")).to_have_count(0)


def leave_statements_open(page: Page, product: Product) -> None:
    ask_for_the_alternative(page, product)
    press(page, "Finish the exercise")


def do_the_alternative(page: Page, product: Product) -> None:
    ask_for_the_alternative(page, product)
    for box in page.get_by_label("I accept it").all():
        box.check()
    press(page, "Finish the exercise")


def compare_a_name(page: Page, product: Product) -> None:
    page.get_by_role("textbox").fill("Somebody Else")
    press(page, "Compare")


def fail_to_change_the_password(page: Page, product: Product) -> None:
    page.get_by_label("Current password").fill("not the right one")
    for label in ("New password", "New password, once more"):
        page.get_by_label(label, exact=True).fill("short")
    press(page, "Save the password")


def give_a_role_without_its_structure(page: Page, product: Product) -> None:
    page.get_by_text("Give a role").click()
    page.get_by_label("Role", exact=True).select_option("focal-point")
    press(page, "Give the role")


def open_a_case_about_nobody(page: Page, product: Product) -> None:
    page.get_by_text("Open a case").click()
    page.get_by_label("Auditor").select_option(index=1)
    page.get_by_label("Work address of the person").fill("nobody@example.org")
    page.get_by_label("Course").select_option(index=1)
    page.get_by_label("Why is the case opened?").fill("A complaint.")
    press(page, "Open the case")


def save_a_list(page: Page, product: Product) -> None:
    page.get_by_text("Save this list").click()
    page.get_by_label("Name of the list").fill("Everybody")
    press(page, "Save")


def have_it_sent(page: Page, product: Product) -> None:
    page.get_by_text("Have it sent").first.click()
    page.get_by_label("What do you need it for?").fill("The monthly talk")
    press(page, "Have it sent")


def renew_the_secret(page: Page, product: Product) -> None:
    press(page, "Renew the secret")


def name_a_stranger(page: Page, product: Product) -> None:
    page.get_by_label("Place").fill("Garage")
    page.get_by_label("Who comes").fill("Nobody at all")
    press(page, "Make the session")


def record_before_the_day(page: Page, product: Product) -> None:
    for choice in page.get_by_label("was there and passed").all():
        choice.check()
    page.get_by_label("Day on which it was held").fill("2099-01-01")
    press(page, "Record it")


def name_a_stranger_more(page: Page, product: Product) -> None:
    page.get_by_text("More people").click()
    page.get_by_label("Who comes").fill("Nobody at all")
    press(page, "Add them")


def give_a_code(page: Page, product: Product) -> None:
    press(page, "Give a one-time code")


def search_for_nobody(page: Page, product: Product) -> None:
    page.get_by_role("main").get_by_role("textbox").first.fill("nobody at all")
    press(page, "Search")


def say_the_password_again(page: Page, product: Product) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")


def set_up_the_second_factor(page: Page, product: Product) -> None:
    secret = page.get_by_label("Secret for the app").input_value()
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    page.get_by_label("Authenticator code").fill(code)
    press(page, "Set up")


def get_an_address_for_the_calendar(page: Page, product: Product) -> None:
    press(page, re.compile("address"))


def sign_out_and_in(page: Page, product: Product) -> None:
    page.context.clear_cookies(name="sessionid")
    page.goto("/account/login/")
    sign_in_as_j17(page, product)


def send_a_file_that_is_no_feed(page: Page, product: Product) -> None:
    page.get_by_label("File", exact=True).set_input_files({"name": "staff.csv", "mimeType": "text/csv", "buffer": b"name\nLea\n"})
    press(page, "Show what it would do")


def say_that_something_is_wrong_without_saying_what(page: Page, product: Product) -> None:
    page.get_by_text("This is wrong", exact=True).click()
    page.evaluate("for (const field of document.querySelectorAll('[required]')) field.required = false")
    press(page, "Send to Human Resources")


def open_the_numbers(page: Page, product: Product) -> None:
    """The tables beside the pictures."""
    for summary in page.locator("main details summary").all():
        summary.click()


def name_nobody(page: Page, product: Product) -> None:
    page.get_by_label("Work address of the manager").fill("nobody@example.org")
    page.get_by_label("Work address of the colleague who stands in").fill("nobody@example.org")
    press(page, "Name her")


SIGHTS: dict[str, list[Sight]] = {
    NOBODY: [
        Sight("wagtail_serve", "/en/"),
        Sight("wagtail_serve", "/en/about/"),
        Sight("wagtail_serve", "/en/privacy/"),
        Sight("wagtail_serve", "/en/accessibility/"),
        Sight("wagtail_serve", "/en/help/"),
        Sight("wagtail_serve", "/en/nothing/"),
        Sight("account_login", "/account/login/"),
        Sight("account_login", "/account/login/", fail_to_sign_in),
        Sight("account_login", "/account/login/", let_the_page_stand_too_long),
        Sight("openid_connect_callback", "/account/oidc/nowhere/login/callback/"),
        Sight("account_code", "/account/code/"),
        Sight("account_code", "/account/code/", fail_to_sign_in_by_code),
        Sight("account_inactive", "/account/inactive/"),
        Sight("account_reset_password", "/account/password/reset/"),
        Sight("account_reset_password_done", "/account/password/reset/", ask_for_a_link),
        Sight("account_reset_password_from_key", "/account/password/reset/", follow_the_link),
        Sight("account_reset_password_from_key_done", "/account/password/reset/", save_the_password),
        Sight("account_reset_password_from_key", "/account/password/reset/key/1-nonsense/"),
        Sight("account_reset_password_from_key", "/account/login/", follow_the_invitation),
        Sight("certificates:ask", "/verify/"),
        Sight("certificates:ask", "/verify/?code="),
        Sight("certificates:verify", "/verify/{valid}"),
        Sight("certificates:verify", "/verify/{valid}", compare_a_name),
        Sight("certificates:verify", "/verify/{expired}"),
        Sight("certificates:verify", "/verify/{withdrawn}"),
        Sight("certificates:verify", "/verify/unknown"),
    ],
    # in the middle of the course
    "j16": [
        Sight("courses:my_learning", "/my/"),
        Sight("courses:catalogue", "/learn/"),
        Sight("courses:course", "/learn/fnd/"),
        Sight("courses:screen", "{screens[text]}"),
        Sight("courses:screen", "{screens[fact]}"),
        Sight("courses:screen", "{screens[callout]}"),
        Sight("courses:screen", "{screens[picture]}"),
        Sight("courses:screen", "{screens[contact]}"),
        Sight("courses:screen", "{screens[care]}"),
        Sight("courses:screen", "{screens[matching]}"),
        Sight("courses:check", "{screens[matching]}", answer_nothing),
        Sight("courses:screen", "{screens[sorting]}"),
        Sight("courses:screen", "{screens[sequence]}"),
        Sight("courses:screen", "{screens[lookup]}"),
        Sight("courses:screen", "{screens[terms]}"),
        Sight("courses:check", "{screens[choice]}", answer_nothing),
        Sight("courses:screen", "{screens[choice]}", answer_something),
        Sight("courses:screen", "{screens[scenario]}"),
        Sight("courses:story", "{screens[scenario]}", begin_the_story),
        Sight("courses:story", "{screens[scenario]}", choose_nothing),
        Sight("courses:story", "{screens[scenario]}", choose_something),
        Sight("courses:story", "{screens[scenario]}", send_a_trail_that_is_not_ours),
        Sight("courses:story", "{screens[scenario]}", ask_for_the_alternative),
        Sight("courses:story", "{screens[scenario]}", leave_statements_open),
        Sight("courses:story", "{screens[scenario]}", do_the_alternative),
        Sight("courses:story", "{screens[scenario]}", come_to_the_end),
        Sight("courses:quiz", "{quiz}"),
        Sight("courses:quiz_item", "{quiz}1/"),
        Sight("courses:answer_quiz", "{quiz}1/", answer_nothing),
        Sight("courses:quiz_item", "{quiz}1/", answer_something),
        Sight("courses:why", "/my/why/fnd/"),  # a question that is answered
        Sight("courses:dispute", "/my/why/fnd/", say_that_something_is_wrong_without_saying_what),
        Sight("courses:profile", "/my/profile/"),
        Sight("courses:renew_calendar", "/my/profile/", get_an_address_for_the_calendar),
        Sight("account_change_password", "/account/password/change/"),
        Sight("account_change_password", "/account/password/change/", fail_to_change_the_password),
        Sight("wagtail_serve", "/en/library/"),
        Sight("wagtail_serve", "/en/library/gender-aspects/"),
        Sight("content:comment", "/library/{guide}/comment/"),
        Sight("content:comment", "/library/{guide}/comment/", send_an_empty_form),
        Sight("reports:exemptions", "/reports/exemptions/"),  # not for her role
        Sight("courses:course", "/learn/none/"),
    ],
    # done
    "j17": [
        Sight("courses:my_learning", "/my/"),
        Sight("courses:catalogue", "/learn/"),
        Sight("courses:course", "/learn/fnd/"),
        Sight("courses:quiz", "{quiz}"),
        Sight("account_sessions", "/account/sessions/"),
        Sight("mfa_list_webauthn", "/account/2fa/webauthn/"),
        Sight("mfa_index", "/account/2fa/"),
        Sight("account_reauthenticate", "/account/2fa/totp/activate/"),
        Sight("mfa_activate_totp", "/account/2fa/totp/activate/", say_the_password_again),
        Sight("mfa_view_recovery_codes", "/account/2fa/totp/activate/", set_up_the_second_factor),
        Sight("mfa_index", "/account/2fa/"),
        Sight("mfa_add_webauthn", "/account/2fa/webauthn/add/"),
        Sight("mfa_generate_recovery_codes", "/account/2fa/recovery-codes/generate/"),
        Sight("mfa_deactivate_totp", "/account/2fa/totp/deactivate/"),
        Sight("mfa_reauthenticate", "/account/2fa/reauthenticate/"),
        Sight("account_logout", "/account/logout/"),
        Sight("mfa_authenticate", "/my/", sign_out_and_in),
    ],
    "j18": [Sight("courses:quiz", "{quiz}")],  # failed, and the pause
    "j15": [  # whose name waits
        Sight("courses:my_learning", "/my/"),
        Sight("courses:why", "/my/why/fnd/"),
        Sight("courses:course", "/learn/fnd/"),
        Sight("courses:profile", "/my/profile/"),
        Sight("rights:my_data", "/my/data/"),
        Sight("rights:my_data", "/my/data/", send_an_empty_form),
    ],
    "hr": [
        Sight("reports:landing", "/reports/", open_the_numbers),
        Sight("reports:landing", "/reports/?structure=nonsense"),
        Sight("reports:list", "/reports/list/?course=FND&columns=name&columns=number&columns=state&columns=due"),
        Sight("reports:list", "/reports/list/?by=person&sort=-late"),
        Sight("reports:list", "/reports/list/?group=structure"),
        Sight("reports:list", "/reports/list/?late_from=nonsense"),
        Sight("reports:saved_lists", "/reports/list/", save_a_list),
        Sight("reports:saved_lists", "/reports/lists/", have_it_sent),
        Sight("reports:export", "/reports/exports/{export}/"),
        Sight("reports:names", "/reports/names/"),
        Sight("courses:past", "/records/before/"),
        Sight("reports:person", "/reports/person/{person}/"),
        Sight("reports:explanation", "/reports/person/{person}/fnd/"),
        Sight("reports:ask_exemption", "/reports/person/{person}/fnd/exempt/"),
        Sight("reports:exemptions", "/reports/exemptions/"),
        Sight("rights:desk", "/data-requests/"),
        Sight("rights:decide", "/data-requests/{data_request}/"),
        Sight("reports:disputes", "/reports/disputes/"),
        Sight("reports:dispute", "/reports/disputes/{dispute}/"),
        Sight("reports:ask_correction", "/reports/person/{person}/fnd/correct/credit/"),
        Sight("reports:ask_correction", "/reports/person/{person}/fnd/correct/withdrawal/"),
        Sight("reports:recommended", "/reports/recommended/"),
        Sight("reports:recommend", "/reports/recommended/new/"),
        Sight("reports:recommend_to", "/reports/person/{person}/recommend/"),
        Sight("reports:matrix", "/reports/matrix/"),
        Sight("reports:new_line", "/reports/matrix/new/"),
        Sight("reports:line", "/reports/matrix/{line}/"),
        Sight("reports:ask_end", "/reports/matrix/{line}/end/"),
        Sight("reports:feeds", "/reports/feed/"),
        Sight("reports:upload_feed", "/reports/feed/", send_a_file_that_is_no_feed),
        Sight("reports:feed", "/reports/feed/{feed}/"),
        Sight("reports:joins", "/reports/feed/joins/"),
        Sight("reports:structures", "/reports/structures/"),
        Sight("reports:structures", "/reports/structures/?day=nonsense"),
        Sight("people:person", "/people/{person}/"),
        Sight("reports:dates", "/reports/dates/"),
        Sight("reports:dates", "/reports/dates/", ask_for_a_day_to_come),
        Sight("reports:difference", "/reports/dates/difference/?earlier={earlier_sheet}&later={sheet}"),
        Sight("reports:keep_report", "/reports/dates/{sheet}/keep/"),
        Sight("reports:verify_report", "/reports/dates/verify/"),
        Sight("reports:stand_ins", "/reports/team/stand-ins/"),
        Sight("reports:stand_ins", "/reports/team/stand-ins/", name_nobody),
        Sight("reports:hand_over", "/reports/handover/{focal_grant}/"),
        Sight("reports:star", "/reports/star/"),
        Sight("people:tokens", "/people/tokens/"),
        Sight("people:make_secret", "/people/tokens/", make_the_secret),
    ],
    "guest": [
        Sight("courses:my_learning", "/my/"),
        Sight("courses:profile", "/my/profile/"),
        Sight("rights:my_data", "/my/data/"),
    ],
    "manager": [Sight("reports:team", "/reports/team/")],
    "trainer": [Sight("courses:arrangements", "/requests/")],
    "head": [Sight("reports:landing", "/reports/"), Sight("reports:list", "/reports/list/")],
    "overview": [
        Sight("reports:landing", "/reports/", open_the_numbers),
        Sight("reports:landing", "/reports/?grouping=nonsense"),
    ],
    "focal": [
        Sight("reports:landing", "/reports/"),
        Sight("reports:team", "/reports/team/"),
        Sight("reports:team", "/reports/team/?state=nonsense"),
        Sight("people:guests", "/people/guests/?all=1"),
        Sight("people:invite_guest", "/people/guests/invite/"),
        Sight("people:invite_guest", "/people/guests/invite/", invite_nobody),
        Sight("people:guest", "/people/guests/{guest}/"),
        Sight("people:guest", "/people/guests/{invited_guest}/"),
        Sight("people:prolong_guest", "/people/guests/{guest}/", prolong_for_ever),
        Sight("courses:sessions", "/sessions/"),
        Sight("courses:make_session", "/sessions/new/"),
        Sight("courses:make_session", "/sessions/new/", name_a_stranger),
        Sight("courses:session", "/sessions/{session}/"),
        Sight("courses:record_session", "/sessions/{session}/", record_before_the_day),
        Sight("courses:invite_to_session", "/sessions/{session}/", name_a_stranger_more),
        Sight("courses:session_parts", "/sessions/{session}/parts/"),
        Sight("courses:session_sheet", "/sessions/{session}/sheet/"),
        Sight("courses:session_key", "/sessions/{session}/key/"),
        Sight("people:person", "/people/{driver}/"),
        Sight("people:give_code", "/people/{driver}/", give_a_code),
    ],
    "deputy": [Sight("courses:session", "/sessions/{recorded}/")],
    "admin": [
        Sight("people:people", "/people/"),
        Sight("people:people", "/people/", search_for_nobody),
        Sight("people:person", "/people/{person}/"),
        Sight("people:grant", "/people/{person}/", give_a_role_without_its_structure),
        Sight("people:person", "/people/{keeper}/"),
        Sight("people:allow_token", "/people/{keeper}/tokens/"),
        Sight("people:tokens", "/people/tokens/"),
        Sight("certificates:register", "/certificates/"),
        Sight("reports:forwarding", "/reports/forwarding/"),
        Sight("jobs:schedule", "/jobs/"),
        Sight("jobs:outbox", "/jobs/mails/"),
        Sight("jobs:next_mails", "/jobs/mails/next/"),
        Sight("reports:statements", "/reports/statements/?activity=javascript:mark()", read_what_is_hostile),
        Sight("reports:statements", "/reports/statements/?verb=voided"),
        Sight("reports:statements", "/reports/statements/?since=nonsense"),
        Sight("reports:cases", "/reports/statements/cases/"),
        Sight("reports:open_case", "/reports/statements/cases/", open_a_case_about_nobody),
        Sight("reports:clients", "/reports/store/"),
        Sight("reports:client", "/reports/store/clients/{client}/"),
        Sight("reports:touched", "/reports/store/clients/{client}/undo/?since={hour_ago}"),
        Sight("reports:touched", "/reports/store/clients/{client}/undo/?since=nonsense"),
        Sight("reports:undo_request", "/reports/store/undo/{undo}/"),
        Sight("reports:faults", "/reports/store/faults/"),
        Sight("reports:renew_client", "/reports/store/clients/{second_client}/", renew_the_secret),
        Sight("content:reports", "/library/reports/"),
    ],
    "auditor": [
        Sight("reports:access_log", "/reports/access/"),
        Sight("reports:cases", "/reports/statements/cases/"),
        Sight("reports:case", "/reports/statements/cases/{case}/"),
        Sight("reports:clients", "/reports/store/"),
        Sight("content:reports", "/library/reports/"),
    ],
    "guides": [
        Sight("content:feedback", "/library/feedback/"),
        Sight("content:feedback", "/library/feedback/", send_an_empty_form),
    ],
}

LEADS_ON = "answers with a redirect"
POST = "takes a POST and answers with a redirect"
A_FILE = "a file"
FOR_MACHINES = "for machines"
STORE = ("about", "activities", "activity_profile", "agent_profile", "agents", "nowhere", "state", "statements")
API = (
    "openapi-json",
    "api-root",
    "completions",
    "assignments",
    "figures",
    "structures",
    "courses",
    "certificate",
    "send_feed",
    "feed",
)
NO_PAGES = {
    "front": LEADS_ON,
    "account_signup": LEADS_ON,
    "account_email": LEADS_ON,
    "courses:module": LEADS_ON,
    "reports:of_course": LEADS_ON,
    "reports:saved_list": LEADS_ON,
    "wagtailcore_login": LEADS_ON,
    "courses:start": POST,
    "reports:save_list": POST,
    "reports:schedule_list": POST,
    "reports:change_list": POST,
    "reports:end_list": POST,
    "reports:pause_schedule": POST,
    "reports:resume_schedule": POST,
    "reports:stop_schedule": POST,
    "courses:take_quiz_first": POST,
    "courses:finish": POST,
    "courses:leave": POST,
    "courses:look_up": POST,
    "courses:start_quiz": POST,
    "courses:take_back_dispute": POST,
    "rights:take_back": POST,
    "rights:agree": POST,
    "rights:send_back": POST,
    "rights:export": A_FILE,
    "courses:ask_for_later": POST,
    "courses:take_back_request": POST,
    "courses:decide_arrangement": POST,
    "reports:agree_correction": POST,
    "reports:decline_correction": POST,
    "reports:end_recommendation": POST,
    "reports:remind": POST,
    "reports:end_stand_in": POST,
    "reports:correction_evidence": A_FILE,
    "reports:exemptions_csv": A_FILE,
    "reports:kept_json": A_FILE,
    "reports:kept_pdf": A_FILE,
    "content:report": POST,
    "content:decide": POST,
    "people:act": POST,
    "courses:confirm_session": POST,
    "courses:cancel_session": POST,
    "people:end": POST,
    "people:approve": POST,
    "people:resend_guest": POST,
    "people:end_guest": POST,
    "reports:decide_name": POST,
    "reports:withdraw_client": POST,
    "reports:agree_undo": POST,
    "reports:agree_exemption": POST,
    "reports:decline_exemption": POST,
    "reports:end_exemption": POST,
    "reports:end_line": POST,
    "reports:exemption_evidence": A_FILE,
    "reports:apply_feed": POST,
    "reports:agree_feed": POST,
    "reports:refuse_feed": POST,
    "reports:take_back_feed": POST,
    "reports:ask_join": POST,
    "reports:agree_join": POST,
    "reports:split_join": POST,
    "reports:ask_undo": POST,
    "certificates:withdraw": POST,
    "people:withdraw_token": POST,
    "reports:star_file": A_FILE,
    "jobs:run_now": POST,
    "jobs:pause": POST,
    "jobs:resume": POST,
    "jobs:send_again": POST,
    "reports:landing_csv": A_FILE,
    "reports:take_list": A_FILE,
    "reports:export_file": A_FILE,
    "reports:access_log_csv": A_FILE,
    "reports:feed_csv": A_FILE,
    "reports:feed_template_csv": A_FILE,
    "reports:feed_template_xlsx": A_FILE,
    "certificates:pdf": A_FILE,
    "certificates:keys": A_FILE,
    "content:media": A_FILE,
    "courses:calendar": FOR_MACHINES,
    "mfa_download_recovery_codes": A_FILE,
    "mfa_login_webauthn": POST,
    "mfa_remove_webauthn": "asks once more; it needs a device that keeps a passkey",
    "mfa_reauthenticate_webauthn": "asks for a passkey; it needs a device that keeps one",
    "openid_connect_login": "one button; there is no provider in the demo",
    "scim": FOR_MACHINES,
    "health": FOR_MACHINES,
    "metrics": FOR_MACHINES,
    **{f"api:{name}": FOR_MACHINES for name in API},
    **{f"{prefix}:{name}": FOR_MACHINES for prefix in ("xapi", "xapi-1.0.3") for name in STORE},
}

# The editors' side: what each kind of page, snippet and picture is written in, and the previews of our templates.
PANELS: dict[str, list[tuple[str, str]]] = {
    "trainer": [
        ("courses.CoursePage", "/admin/pages/{course}/edit/"),
        ("courses.ModulePage", "/admin/pages/{module}/edit/"),
        ("courses.ModulePage", "/admin/pages/{quiz_module}/edit/"),
        ("courses.ModulePage", "/admin/pages/add/courses/modulepage/{course}/"),
        ("courses.Question", "/admin/snippets/courses/question/"),
        ("courses.Question", "/admin/snippets/courses/question/add/"),
        ("courses.Question", "/admin/snippets/courses/question/edit/{question}/"),
        ("content.Fact", "/admin/snippets/content/fact/"),
        ("content.Fact", "/admin/snippets/content/fact/add/"),
        ("content.Fact", "/admin/snippets/content/fact/edit/{fact}/"),
        ("courses.CoursePage", "/admin/pages/{course}/view_draft/"),
        ("courses.ModulePage", "/admin/pages/{module}/view_draft/"),
        ("courses.ModulePage", "/admin/pages/{story_module}/edit/"),
        ("courses.ModulePage", "/admin/pages/{story_module}/view_draft/?mode=3"),
        ("courses.Question", "/admin/snippets/courses/question/history/{question}/revisions/{question_revision}/view/"),
        ("courses.Question", "/admin/snippets/courses/question/statistics/"),
        ("courses.Question", "/admin/snippets/courses/question/statistics/fnd/"),
        ("courses.Question", "/admin/snippets/courses/question/statistics/fnd/stories/"),
    ],
    "publisher": [
        ("content.Picture", "/admin/images/{picture}/"),
        ("courses.Question", "/admin/snippets/courses/question/edit/{question}/"),
        ("courses.Question", "/admin/snippets/courses/question/withdraw/{question}/"),
        ("courses.Question", "/admin/snippets/courses/question/regrade/{question}/"),
    ],
    "focal": [
        ("content.Contact", "/admin/snippets/content/contact/"),
        ("content.Contact", "/admin/snippets/content/contact/add/"),
        ("content.Contact", "/admin/snippets/content/contact/edit/{contact}/"),
    ],
    "guides": [("content.GuidePage", "/admin/pages/{guide_page}/edit/")],
    "admin": [
        ("content.HomePage", "/admin/pages/{home}/edit/"),
        ("content.StandardPage", "/admin/pages/{about}/edit/"),
        ("courses.CourseIndexPage", "/admin/pages/{courses}/edit/"),
        ("content.GuideIndexPage", "/admin/pages/{library}/edit/"),
    ],
}
# Parts of Wagtail's own frame that axe finds fault with and that we do not draw.
WAGTAILS_OWN = [
    ".w-minimap",  # target-size, scrollable-region-focusable: a second list of the headings, beside the form
    ".ui-autocomplete-input",  # label: what Wagtail puts in the place of the field for tags of a picture, which has one
]
