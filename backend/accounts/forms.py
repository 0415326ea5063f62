"""What signing up may say beside user name, email address and password."""

from django import forms
from django.http import HttpRequest

from backend.accounts import services
from backend.accounts.models import User


class SignupForm(forms.Form):
    """allauth's own form inherits from this one (ACCOUNT_SIGNUP_FORM_CLASS)."""

    display_name = forms.CharField(max_length=100, required=False)

    def signup(self, request: HttpRequest, user: User) -> None:
        services.update_profile(user=user, display_name=self.cleaned_data["display_name"])
