"""Database, broker, channel layer, cache and file storage: what a process connects to."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url

from backend.settings import environment as env

DATABASE_URL = env.text("DATABASE_URL", "postgresql://consilium@localhost/consilium")
REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")

# --- PostgreSQL. Under ASGI a connection must not outlive its request; a pool keeps some warm instead.
DATABASES: dict[str, Any] = {
    "default": dict(dj_database_url.parse(DATABASE_URL, conn_max_age=0, conn_health_checks=True))
}
if env.flag("DATABASE_POOL"):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: throttles and locks of logins
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}

# --- Channel layer. redis-py may default socket_timeout to 5 s, which closes every idle websocket
# (github.com/django/channels_redis/issues/422), so it is stated.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
            "prefix": "live",
            "capacity": 1000,
            "expiry": 30,
        },
    }
}


def broker_url(url: str) -> str:
    """Kombu's spelling of a Redis address: Unix sockets have a scheme of their own there.

    >>> broker_url("unix:///run/valkey.sock?db=3")
    'redis+socket:///run/valkey.sock?virtual_host=3'
    """
    if not url.startswith("unix://"):
        return url
    parts = urlsplit(url)
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


# --- Celery. The truth about a job is its row (backend.common.jobs); a message is only a wake-up.
CELERY_BROKER_URL = env.text("BROKER_URL") or broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest job: what runs longer would be delivered again while it still runs.
    "visibility_timeout": 6 * 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "global_keyprefix": "celery:",
    "socket_keepalive": True,
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "io"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_max": 0.5}
# Messages are acknowledged as their work begins, never later: an acknowledgement that outlives its connection
# ends the worker (kombu 5.7). What a crash interrupts is found by its row. Nothing is fetched ahead.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
# Numerical libraries keep what they once took: a fresh process now and then gives it back.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(env.folder("BEAT_SCHEDULE", env.VAR / "celerybeat-schedule"))

# --- Jobs: a worker renews its lease at each heartbeat; a lease that ran out is taken back by the next sweep.
JOB_LEASE_S = env.number("JOB_LEASE_S", 30)
JOB_HEARTBEAT_S = env.number("JOB_HEARTBEAT_S", JOB_LEASE_S / 3)
JOB_SWEEP_S = env.number("JOB_SWEEP_S", 10)
# --- Model workers: who holds one of the tokens may claim work; the links that come with it end after hours
WORKER_TOKENS = env.names("WORKER_TOKENS")
WORKER_LINK_S = env.number("WORKER_LINK_S", 12 * 3600)
# What each worker process may hold of references made ready for scoring.
REFERENCE_CACHE_BYTES = int(env.number("REFERENCE_CACHE_MB", 512) * 2**20)
CELERY_BEAT_SCHEDULE = {
    "take back lost jobs": {
        "task": "jobs.sweep",
        "schedule": JOB_SWEEP_S,
        "options": {"queue": "io", "expires": 60},
    },
    "remove abandoned uploads": {
        "task": "uploads.expire_uploads",
        "schedule": 3600,
        "options": {"queue": "io", "expires": 3600},
    },
}

# --- Files: blobs by content in a folder, or in S3 when a bucket is named
BLOB_ROOT = env.folder("BLOB_ROOT", env.VAR / "blobs")
UPLOAD_ROOT = env.folder("UPLOAD_ROOT", env.VAR / "uploads")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "blobs": {"BACKEND": "backend.common.blobs.ContentStorage", "OPTIONS": {"location": str(BLOB_ROOT)}},
}
if env.text("S3_BUCKET"):
    STORAGES["blobs"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.text("S3_BUCKET"),
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "region_name": env.text("S3_REGION") or None,
            "location": "blobs",
            "file_overwrite": False,
            "default_acl": None,
        },
    }
