from lms.people.devices import device_of

MOZILLA, KIT = "Mozilla/5.0", "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS, ANDROID = "(Windows NT 10.0; Win64; x64", "(Linux; Android 14; Pixel 8)"
CASES = {
    f"{MOZILLA} {WINDOWS}; rv:132.0) Gecko/20100101 Firefox/132.0": ("Firefox", "Windows"),
    f"{MOZILLA} (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0": ("Firefox", "Android"),
    f"{MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) {KIT} FxiOS/127.0 Safari/605.1.15": (
        "Firefox",
        "iPhone",
    ),
    f"{MOZILLA} {WINDOWS}) {KIT} Chrome/130.0.0.0 Safari/537.36": ("Chrome", "Windows"),
    f"{MOZILLA} {ANDROID} {KIT} Chrome/130.0.0.0 Mobile Safari/537.36": ("Chrome", "Android"),
    f"{MOZILLA} (iPad; CPU OS 17_5 like Mac OS X) {KIT} CriOS/130.0 Mobile/15E148 Safari/604.1": ("Chrome", "iPad"),
    f"{MOZILLA} {WINDOWS}) {KIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0": ("Edge", "Windows"),
    f"{MOZILLA} {ANDROID} {KIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": ("Samsung Internet", "Android"),
    f"{MOZILLA} {WINDOWS}) {KIT} Chrome/128.0.0.0 Safari/537.36 OPR/114.0.0.0": ("Opera", "Windows"),
    f"{MOZILLA} {WINDOWS}) {KIT} Chrome/128.0.0.0 YaBrowser/24.10.0 Safari/537.36": ("Yandex Browser", "Windows"),
    f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {KIT} Version/17.5 Safari/605.1.15": ("Safari", "Mac"),
    f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/130.0.0.0 Safari/537.36": ("Chrome", "ChromeOS"),
    f"{MOZILLA} (X11; Linux x86_64) {KIT} HeadlessChrome/130.0.0.0 Safari/537.36": ("Chrome", "Linux"),
    f"{MOZILLA} (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko": ("Internet Explorer", "Windows"),
    f"{MOZILLA} {ANDROID}": ("", "Android"),
    "python-requests/2.32": ("", ""),
    "": ("", ""),
}


def test_browsers_and_systems_are_called_by_their_names():
    assert {agent: tuple(device_of(agent)) for agent in CASES} == CASES
