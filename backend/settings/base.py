"""The one base of all settings, read from the environment; embedded, production and test only override."""

from pathlib import Path

import django_stubs_ext

from backend.settings import environment as env
from backend.settings.connections import *  # noqa: F403
from backend.settings.logs import *  # noqa: F403
from backend.settings.rest import *  # noqa: F403
from backend.settings.security import *  # noqa: F403

django_stubs_ext.monkeypatch()  # ModelAdmin[Upload] at run time, before any app is imported

BASE_DIR = env.ROOT
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "axes",
    "channels",
    "csp",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "rest_framework",
    "backend.common",
    "backend.events",
    "backend.accounts",
    "backend.uploads",
    "backend.challenges",
    "backend.datasets",
    "backend.annotations",
    "backend.consensus",
    "backend.adjudication",
    "backend.phases",
    "backend.algorithms",
    "backend.submissions",
    "backend.evaluations",
    "backend.leaderboards",
    "backend.live",
    "backend.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "backend.common.api.RevalidatedFiles",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it replaces the answer to a login that is locked out
]

ROOT_URLCONF = "backend.urls"
ASGI_APPLICATION = "backend.asgi.application"
EVENT_PIPELINE = "backend.pipeline.NEXT"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# --- Mail
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env.number("EMAIL_PORT", 25))
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Consilium <consilium@localhost>")

# --- Files of the frontend and of the admin. Vite puts a hash into the name of everything below /assets/.
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = env.folder("STATIC_ROOT", env.VAR / "static")
FRONTEND_DIST = env.folder("FRONTEND_DIST", env.ROOT / "frontend" / "dist")
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.exists() else None
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = add_file_headers  # noqa: F405
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[0-9A-Za-z_-]{8}\.[a-z0-9]+$"

# Bodies are JSON or chunks of a resumable upload, which is streamed and has its own limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES = int(env.number("UPLOAD_MAX_BYTES", 20 * 1024**3))
UPLOAD_QUOTA_BYTES = int(env.number("UPLOAD_QUOTA_BYTES", 40 * 1024**3))  # of one person, until stored
UPLOAD_CHUNK_MAX_BYTES = 32 * 1024**2
UPLOAD_KEEP_HOURS = env.number("UPLOAD_KEEP_HOURS", 48)  # since the last chunk
