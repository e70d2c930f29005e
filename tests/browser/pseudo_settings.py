"""The product as it stands, with the pseudo language in the place of Russian; for test_pseudo_locale.py."""

import os

from lms.settings import *  # noqa: F403

LOCALE_PATHS = [os.environ["PSEUDO_LOCALE"]]
