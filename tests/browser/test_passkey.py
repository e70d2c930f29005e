"""A passkey, as Chromium's own virtual device keeps it: set up, used alone, used beside the password, lost and set up anew."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Product

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def add_device(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def set_up_passkey(page: Page, password: str) -> None:
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("My telephone")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/")


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/account/login/")


def test_a_passkey_alone_or_beside_the_password_and_when_it_is_lost(product: Product, visit, sign_in):
    page = sign_in(visit(width=360), "j25")
    add_device(page)
    set_up_passkey(page, PASSWORD)

    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/my/")

    sign_out(page)
    page.get_by_label("Email").fill("j25@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/my/")
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("link", name="Remove My telephone")).to_be_visible()

    administrator = sign_in(visit(), "admin")
    administrator.goto("/people/?q=j25@example.org")
    administrator.get_by_role("link", name="Jo 25 Travels").click()
    administrator.get_by_role("button", name="Remove a lost second factor").click()
    expect(administrator.get_by_text("Done.")).to_be_visible()
    sign_out(page)
    sign_in(page, "j25")
    set_up_passkey(page, PASSWORD)
