"""One machine, embedded services, plain HTTP on the loopback address: `make up`."""

from backend.settings import environment as env
from backend.settings.base import *  # noqa: F403

SECRET_KEY = env.text("SECRET_KEY") or env.kept_secret(env.VAR / "secret_key")
WORKER_TOKENS = [env.kept_secret(env.VAR / "worker_token"), *env.names("WORKER_TOKENS")]
# Static files straight from the packages: no collectstatic.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
