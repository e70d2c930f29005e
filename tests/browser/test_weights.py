"""What the pages weigh on the line, as the browser counts it: the answer as it was sent, compressed, headers included."""

from playwright.sync_api import Page

from tests.browser.learning import start_course

FIRST_PAGE = 200_000
SCREEN = 30_000
REQUESTS = 2


class Line:
    """Counts what comes over the line, redirects included; what the browser has kept from before does not."""

    def __init__(self, page: Page):
        self.answers: list[tuple[str, str, int]] = []  # kind, address, bytes
        self.open: dict[str, tuple[str, str]] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._begin)
        session.on("Network.requestServedFromCache", lambda event: self.open.pop(event["requestId"], None))
        session.on("Network.responseReceived", self._leave_out_what_was_kept)
        session.on("Network.loadingFinished", self._end)
        session.send("Network.enable")

    def _begin(self, event: dict) -> None:
        if redirect := event.get("redirectResponse"):
            self.answers.append((event["type"], redirect["url"], int(redirect["encodedDataLength"])))
        if event["request"]["url"].startswith("http"):
            self.open[event["requestId"]] = (event["type"], event["request"]["url"])

    def _leave_out_what_was_kept(self, event: dict) -> None:
        if event["response"].get("fromDiskCache"):
            self.open.pop(event["requestId"], None)

    def _end(self, event: dict) -> None:
        if event["requestId"] in self.open:
            self.answers.append((*self.open.pop(event["requestId"]), int(event["encodedDataLength"])))

    def take(self) -> list[tuple[str, str, int]]:
        """What came since it was asked last, pictures left out."""
        taken, self.answers = self.answers, []
        return [answer for answer in taken if answer[0] != "Image"]


def weight(answers: list[tuple[str, str, int]]) -> int:
    return sum(size for _kind, _address, size in answers)


def test_the_first_page(visit):
    page = visit()
    line = Line(page)

    page.goto("/account/login/", wait_until="networkidle")
    answers = line.take()

    assert {kind for kind, _address, _size in answers} >= {"Document", "Stylesheet", "Font"}
    assert min(size for _kind, _address, size in answers) > 0
    assert weight(answers) < FIRST_PAGE


def test_a_screen_after_the_first_page(visit, sign_in):
    page = sign_in(visit(), "j15")
    start_course(page)
    page.wait_for_load_state("networkidle")
    line = Line(page)

    screens = []
    for _ in range(3):
        page.get_by_role("button", name="Next").click()
        page.wait_for_load_state("networkidle")
        screens.append(line.take())

    assert all(screens)
    assert [found for found in screens if len(found) > REQUESTS or weight(found) > SCREEN] == []
