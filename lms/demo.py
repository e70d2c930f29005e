"""The demo accounts: invented people at example.org."""

from django.conf import settings

DOMAIN = "example.org"
STARTER = settings.BASE_DIR / "content" / "starter"
ACCOUNTS = settings.VAR_DIR / "demo_accounts.json"
# What each is there to show, in the order of the table.
PEOPLE = {
    "lea": "learner",
    "lev": "learner, in Russian",
    "trainer": "trainer of FND",
    "publisher": "publisher of FND",
    "hr": "HR officer",
    "hr2": "HR officer, second person",
    "focal": "focal point, Mission to Skopje",
    "deputy": "deputy focal point",
    "manager": "manager of a team",
    "head": "head of mission",
    "guides": "owner of a guide",
    "overview": "overview, totals only",
    "admin": "administrator",
    "admin2": "administrator, second person",
    "auditor": "auditor",
}
