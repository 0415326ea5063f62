"""What can be wrong with a person's tokens."""

from backend.common.errors import Conflict, Invalid, LimitReached


class TokenNameTaken(Conflict):
    code = "token_name_taken"


class TokenExpiryPast(Invalid):
    code = "token_expiry_past"


class TooManyTokens(LimitReached):
    code = "too_many_tokens"
