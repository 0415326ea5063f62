"""Challenges, and who holds which role in them."""

from django.conf import settings
from django.db import models

from backend.common.models import BaseModel


class Challenge(BaseModel):
    """A competition: it owns datasets and phases, and its members have one role each."""

    class Visibility(models.TextChoices):
        DRAFT = "draft", "Draft: only members see it"
        PUBLIC = "public", "Public: everyone sees it"

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True, help_text="Markdown")
    rules = models.TextField(blank=True, help_text="Markdown")
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    is_synthetic = models.BooleanField(default=False, help_text="Its images are phantoms, not patients")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Role(models.TextChoices):
    ORGANIZER = "organizer"
    RATER = "rater"
    PARTICIPANT = "participant"


class Membership(BaseModel):
    """One person, one role in one challenge: who annotates the reference cannot compete against it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    alias = models.CharField(max_length=60, blank=True, help_text="Shown instead of the person's name")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "user"], name="one_role_per_person_and_challenge")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} of {self.challenge}"
