"""People and tokens on the wire."""

from rest_framework import serializers

from backend.accounts.models import ApiToken, User

# As `challenges.models.Role`, which is above this app.
ROLES = [("organizer", "Organizer"), ("rater", "Rater"), ("participant", "Participant")]


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person as everyone may see them."""

    name = serializers.CharField(source="shown_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "name"]
        read_only_fields = fields


class AccountSerializer(serializers.ModelSerializer[User]):
    """A person as they see themselves."""

    name = serializers.CharField(source="shown_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "name", "email", "display_name", "affiliation"]
        read_only_fields = fields


class MyChallengeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class MyMembershipSerializer(serializers.Serializer):
    challenge = MyChallengeSerializer()
    role = serializers.ChoiceField(choices=ROLES)


class MeSerializer(serializers.Serializer):
    """`user` is null for whom has not signed in."""

    user = AccountSerializer(allow_null=True)
    memberships = MyMembershipSerializer(many=True)


class ProfileSerializer(serializers.Serializer):
    display_name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    affiliation = serializers.CharField(max_length=200, allow_blank=True, required=False)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "hint", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class CreateTokenSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class NewTokenSerializer(TokenSerializer):
    """The only answer that carries the token itself."""

    token = serializers.SerializerMethodField()

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]
        read_only_fields = fields

    def get_token(self, token: ApiToken) -> str:
        return str(self.context["secret"])
