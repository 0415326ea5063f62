"""Challenges and members on the wire."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.challenges.models import Challenge, Membership, Role
from backend.challenges.permissions import Permission, permissions_for


class ChallengeSerializer(serializers.ModelSerializer[Challenge]):
    """A challenge as `selectors.list_challenges` describes it; needs `request` in its context."""

    organizers = serializers.SerializerMethodField()
    my_role = serializers.SerializerMethodField()
    my_permissions = serializers.SerializerMethodField()
    phase_count = serializers.IntegerField()
    case_count = serializers.IntegerField()
    participant_count = serializers.IntegerField()

    class Meta:
        model = Challenge
        fields = [
            "id",
            "slug",
            "title",
            "summary",
            "description",
            "rules",
            "visibility",
            "is_synthetic",
            "created_at",
            "organizers",
            "my_role",
            "my_permissions",
            "phase_count",
            "case_count",
            "participant_count",
        ]
        read_only_fields = fields

    @extend_schema_field(PersonSerializer(many=True))
    def get_organizers(self, challenge: Challenge) -> object:
        people = [membership.user for membership in challenge.organizer_memberships]  # type: ignore[attr-defined]
        return PersonSerializer(people, many=True).data

    @extend_schema_field(serializers.ChoiceField(choices=Role.choices, allow_null=True))
    def get_my_role(self, challenge: Challenge) -> str | None:
        return challenge.my_membership_role  # type: ignore[attr-defined]

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(choices=[str(each) for each in Permission]))
    )
    def get_my_permissions(self, challenge: Challenge) -> list[str]:
        role = self.get_my_role(challenge)
        user = self.context["request"].user
        return sorted(permissions_for(user, Role(role) if role else None, challenge))


class CreateChallengeSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    slug = serializers.SlugField(
        max_length=60, required=False, allow_blank=True, help_text="Default: from the title"
    )
    summary = serializers.CharField(max_length=300, required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    rules = serializers.CharField(required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Challenge.Visibility.choices, required=False)
    is_synthetic = serializers.BooleanField(required=False)


class UpdateChallengeSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=120, required=False)
    summary = serializers.CharField(max_length=300, required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    rules = serializers.CharField(required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Challenge.Visibility.choices, required=False)
    is_synthetic = serializers.BooleanField(required=False)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user = PersonSerializer()

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "alias", "created_at"]
        read_only_fields = fields


class AddMemberSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)
    alias = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ChangeMemberSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    alias = serializers.CharField(max_length=60, required=False, allow_blank=True)
