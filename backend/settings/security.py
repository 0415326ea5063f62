"""Who may log in, how often, and what a browser may load."""

from wsgiref.headers import Headers

from csp.constants import NONE, SELF

from backend.settings import environment as env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses whom it has locked out
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- allauth, headless: the frontend has the pages, /_allauth/browser/v1/ the operations
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": "/verify-email/{key}",
    "account_reset_password": "/password/reset",
    "account_reset_password_from_key": "/password/reset/{key}",
    "account_signup": "/register",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "backend.accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = env.text("EMAIL_VERIFICATION", "optional")
ACCOUNT_SESSION_REMEMBER = True
# Failed logins are counted by axes, below: one lock, not two.
ACCOUNT_RATE_LIMITS = {"login_failed": None} if env.RATE_LIMITS else False

# --- axes: ten failures for a name from an address lock that pair for a quarter of an hour
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_USERNAME_CALLABLE = "backend.accounts.lockout.attempted_name"
AXES_LOCKOUT_CALLABLE = "backend.accounts.lockout.locked_response"
AXES_IPWARE_PROXY_COUNT = int(env.number("PROXY_COUNT", 0)) or None
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# --- What a page may load: its own files only. The renderer makes workers and images from memory (blob:,
# data:); component libraries set inline styles.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "blob:", "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF, "blob:", "data:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}


def add_file_headers(headers: Headers, path: str, url: str) -> None:
    """WhiteNoise's hook: the service worker obeys the policy that it comes with, and no proxy keeps it."""
    if url == "/service-worker.js":
        headers["Content-Security-Policy"] = "default-src 'self'"
        headers["Cache-Control"] = "no-cache"


SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "consilium_session"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
