"""All settings, from the environment. With nothing set the product is safe and runs on this machine only."""

import logging.config
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from lms import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.text("SECRET_KEY") or env.kept(VAR_DIR / "secret_key")
# Former ones: what they signed still counts.
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS", env.restored(VAR_DIR / "secret_key_fallbacks"))
CERTIFICATE_KEY = env.text("CERTIFICATE_KEY")  # signs certificates, PEM; else the first one makes var/certificate_key

# Where people reach the product: the only source of links in mails and QR codes.
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = [_public.hostname or "localhost", *env.listing("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# The name under which statements speak of people and activities; set once, never a host or a port.
XAPI_BASE_IRI = env.text("XAPI_BASE_IRI", "https://learning-for-protection.example/xapi")
XAPI_BODY_LIMIT = env.number("XAPI_BODY_LIMIT", 10_000_000)
XAPI_PAGE_LIMIT = env.number("XAPI_PAGE_LIMIT", 100)
XAPI_BATCH_LIMIT = env.number("XAPI_BATCH_LIMIT", 5_000)  # statements
XAPI_DEPTH_LIMIT = env.number("XAPI_DEPTH_LIMIT", 100)  # levels of nesting
XAPI_ATTACHMENT_LIMIT = env.number("XAPI_ATTACHMENT_LIMIT", 5_000_000)  # bytes
XAPI_QUOTA = env.number("XAPI_QUOTA", 60_000)  # requests of one client in a minute
# Record stores that get copies of statements: name → url, key, secret and which statements.
FORWARD_TARGETS = env.groups("FORWARD_TARGETS", prefix="FORWARD", fields=["url", "key", "secret"], optional=["only"])
FORWARD_TO_LOOPBACK = False  # for tests, so no variable sets it

ORGANISATION_NAME = env.text("ORGANISATION_NAME", "OSCE")
PRODUCT_NAME = env.text("PRODUCT_NAME", "Learning for protection")
PRODUCT_SUBTITLE = env.text("PRODUCT_SUBTITLE", "Human rights and anti-trafficking")
ORGANISATION_TIME_ZONE = env.text("ORGANISATION_TIME_ZONE", "Europe/Vienna")
QUICK_EXIT_URL = env.text("QUICK_EXIT_URL", "https://www.wikipedia.org/")
# How long something is kept that leads to a person.
RETENTION_DETAIL_MONTHS = env.number("RETENTION_DETAIL_MONTHS", 12)  # answers and pages read
RETENTION_LEAVER_MONTHS = env.number("RETENTION_LEAVER_MONTHS", 24)  # all else, after the last day of employment
# Append-only lists of what was erased and withdrawn, which a restore applies: outside of what a backup brings back.
LEDGER_DIR = Path(env.text("LEDGER_DIR", str(VAR_DIR / "ledgers")))
# With what a backup of the keys is encrypted, and opened again: a public key of age and its identity, or a passphrase.
BACKUP_RECIPIENT = env.text("BACKUP_RECIPIENT")
BACKUP_IDENTITY = env.text("BACKUP_IDENTITY")
BACKUP_PASSPHRASE = env.text("BACKUP_PASSPHRASE")
FEED_LEAVER_LIMIT = env.number("FEED_LEAVER_LIMIT", 10)  # per cent of the active staff that one feed may remove

INSTALLED_APPS = [
    "lms",
    "lms.people",
    "lms.xapi",
    "lms.jobs",
    "lms.reports",
    "lms.rights",
    "content",
    "certificates",
    "courses",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.locales",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.documents",  # the admin does not start without it; nobody is given a right there
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "django_filters",
    "modelcluster",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "huey.contrib.djhuey",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "lms.middleware.watched",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.middleware.store_first",
    "csp.middleware.CSPMiddleware",
    "lms.middleware.response_rules",
    "lms.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.middleware.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lms.middleware.PersonLanguageMiddleware",
    "lms.middleware.SignedInMiddleware",
    "lms.middleware.SecondFactorMiddleware",
    "lms.middleware.AdminMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.context.product",
            ],
        },
    }
]

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR}/db.sqlite3")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if not ON_SQLITE:
    DATABASES["default"]["OPTIONS"] = {"prepare_threshold": 5}  # what is asked again and again is planned once
if ON_SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        # A transaction takes the one writer's place when it begins; else two readers who want to write fail.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; PRAGMA temp_store=MEMORY;"
            "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;"
        ),
    }

CACHE_URL = env.text("CACHE_URL")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
WEB_PROCESSES = env.number("WEB_PROCESSES", 1)
WEB_THREADS = env.number("WEB_THREADS", 8)

# Jobs are nudges, the tables are the truth: what a queue loses, a sweep finds.
HUEY = {
    "name": "learning",
    "results": False,
    "immediate": False,
    "consumer": {"workers": 2, "worker_type": "thread", "check_worker_health": True},
    **(
        {"huey_class": "huey.SqliteHuey", "filename": str(VAR_DIR / "queue.sqlite3")}
        if ON_SQLITE
        else {"huey_class": "huey.PostgresHuey", "dsn": DATABASE_URL}
    ),
}

# --- people and sign-in ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["lms.people.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email", "official_name", "display_name"]},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "courses:my_learning"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # an invitation; a reset of a known password ends after two hours (adapters.py)

ACCOUNT_ADAPTER = "lms.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; allauth asks for a password only if it stands here
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "lms.people.adapters.LinkTokenGenerator"
ACCOUNT_FORMS = {
    "login": "lms.people.forms.SignInForm",
    "reset_password": "lms.people.forms.AskForLinkForm",
    "reset_password_from_key": "lms.people.forms.SetPasswordForm",
    "change_password": "lms.people.forms.ChangePasswordForm",
    "reauthenticate": "lms.people.forms.PasswordAgainForm",
}
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
# Other doors to the same accounts: name → what to write on the button, issuer, client and secret, the claim that holds the
# staff number, and whether its verified addresses are to be believed.
OIDC_PROVIDERS = env.groups(
    "OIDC_PROVIDERS",
    prefix="OIDC",
    fields=["name", "issuer", "client", "secret"],
    optional=["staff_number"],
    switches=["trusted"],
)
SOCIALACCOUNT_ADAPTER = "lms.people.providers.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": key,
                "name": group["name"],
                "client_id": group["client"],
                "secret": group["secret"],
                "settings": {
                    "server_url": group["issuer"].rstrip("/"),
                    "issuer": group["issuer"].rstrip("/"),
                    "staff_number": group["staff_number"],
                    "is_trusted": bool(group["trusted"]),
                },
            }
            for key, group in OIDC_PROVIDERS.items()
        ],
    }
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "lms.people.adapters.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "lms.people.forms.AddPasskeyForm",
    "activate_totp": "lms.people.forms.SetUpFactorForm",
    "authenticate": "lms.people.forms.FactorForm",
    "reauthenticate": "lms.people.forms.FactorAgainForm",
}
MFA_TOTP_ISSUER = PRODUCT_NAME
SECOND_FACTOR_REQUIRED = not DEMO

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # our scripts send the form, not the cookie
CSRF_FAILURE_VIEW = "lms.views.csrf_failed"

# --- security headers ------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", _public.scheme == "https")
SECURE_REDIRECT_EXEMPT = [r"^metrics$", r"^health/$"]  # who watches asks each instance by itself, behind the proxy
SECURE_HSTS_SECONDS = 31_536_000 if _public.scheme == "https" else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _public.scheme == "https"
SECURE_REFERRER_POLICY = "same-origin"
if env.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 0)
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail opens its previews to its own frame by itself
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the editor sends five for each block of a module

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        # The button leads from our form to the provider.
        "form-action": [
            "'self'",
            *("{0.scheme}://{0.netloc}".format(urlsplit(each["issuer"])) for each in OIDC_PROVIDERS.values()),
        ],
        "frame-ancestors": ["'none'"],
    }
}

# --- languages and days ----------------------------------------------------------------------------------------------
TIME_ZONE = ORGANISATION_TIME_ZONE
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ru", "Русский"),
    ("sq", "Shqip"),
    ("bs", "Bosanski"),
    ("hr", "Hrvatski"),
    ("sr", "Српски"),
    ("mk", "Македонски"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("es", "Español"),
    ("uk", "Українська"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["lms.formats"]
# The interface speaks the languages that have a catalogue here; content may exist in more.
INTERFACE_LANGUAGES = ["en", *sorted(path.name for path in LOCALE_PATHS[0].glob("*") if path.is_dir())]

# --- files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private"},  # no address leads here
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# --- mail: queued for the worker; where no server is named, kept as files ----------------------------------------------
EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_DELIVERY_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST and not DEMO
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", EMAIL_PORT == 587)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", f"{PRODUCT_NAME} <learning@example.org>")

# --- Wagtail ---------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = PRODUCT_NAME
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("ru", "Русский")]
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000  # a picture takes four bytes a pixel while it is made smaller
WAGTAILIMAGES_IMAGE_MODEL = "content.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "content.forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["png", "jpg", "jpeg", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 8_000_000
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

# --- logs: what happened and where, never what somebody sent ----------------------------------------------------------
LOG_FORMAT = env.text("LOG_FORMAT", "line")
ADMINS = [(address, address) for address in env.listing("ADMINS")]
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_NETWORKS = [ip_network(network) for network in env.listing("METRICS_NETWORKS")]
LOGGING_CONFIG = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discretion": {"()": "lms.logs.Discretion"}},
    "formatters": {
        "line": {"()": "lms.logs.Formatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "lms.logs.JsonLines",
            "format": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": True,
            "rename_fields": {"levelname": "level", "name": "logger"},
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "line",
            "filters": ["discretion"],
        },
        "mail": {"class": "lms.logs.ErrorMail", "level": "ERROR", "formatter": "line", "filters": ["discretion"]},
    },
    "root": {"handlers": ["console", *(["mail"] if ADMINS else [])], "level": "WARNING"},
    "loggers": {
        **{name: {"level": "INFO"} for name in ("lms", "courses", "content", "certificates", "huey")},
        "lms.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
logging.config.dictConfig(LOGGING)
