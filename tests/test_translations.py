"""The catalogues: up to date, well formed, and complete for everything that learners read."""

import re
import shutil
import subprocess

import polib
import pytest

from tests.conftest import ROOT

CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}|<[^>]+>")
# Where learners' words stand; reports, people and editors' pages may still be empty in a new language.
FOR_LEARNERS = (
    *("courses/templates/", "courses/kinds/", "courses/forms.py", "courses/stories.py", "courses/walks.py", "courses/views/"),
    *("content/templates/content/blocks/", "content/templates/content/comment.html", "content/templates/content/guide"),
    *("content/templates/content/home.html", "content/forms.py", "content/models/feedback.py", "content/models/facts.py"),
    *("certificates/forms.py", "certificates/templates/certificates/"),
    *("lms/templates/", "lms/middleware.py"),
)

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="no gettext: make test installs it where it may")


def entries():
    for path in CATALOGUES:
        for entry in polib.pofile(str(path)):
            yield path.parent.parent.name, entry


def is_for_learners(entry) -> bool:
    return any(path.startswith(FOR_LEARNERS) for path, _line in entry.occurrences)


@needs_gettext
def test_the_catalogues_are_up_to_date():
    before = {path: path.read_bytes() for path in CATALOGUES}

    done = subprocess.run([".ci/messages", "--check"], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert {path: path.read_bytes() for path in CATALOGUES} == before


@needs_gettext
@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_gettext_finds_no_fault_in_a_catalogue(path):
    done = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(path)], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_every_catalogue_says_that_it_is_a_draft_for_review():
    assert [path for path in CATALOGUES if "DRAFT" not in polib.pofile(str(path)).header] == []


def test_everything_that_learners_read_is_translated():
    missing = [(language, entry.msgid) for language, entry in entries() if is_for_learners(entry) and not entry.translated()]

    assert missing == []


def test_placeholders_and_tags_are_the_same_in_both_languages():
    different = []
    for language, entry in entries():
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            if said and sorted(PLACEHOLDER.findall(said)) != wanted:
                different.append((language, entry.msgid, said))

    assert different == []


def test_russian_counts_in_three_forms():
    catalogue = polib.pofile(str(ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"))

    assert {len(entry.msgstr_plural) for entry in catalogue if entry.msgid_plural} == {3}


def test_the_paths_of_learners_words_all_exist():
    found = {path for _language, entry in entries() for path, _line in entry.occurrences}

    assert [known for known in FOR_LEARNERS if not any(path.startswith(known) for path in found)] == []
