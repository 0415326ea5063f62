"""What organizers ask for around annotations: assignments, labelmaps to start from, re-reads."""

from rest_framework import serializers

from backend.annotations import rereading


class CreateAssignmentsSerializer(serializers.Serializer):
    raters = serializers.ListField(child=serializers.IntegerField(), min_length=1, help_text="User ids")
    cases = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="All of the latest version unless told"
    )
    per_case = serializers.IntegerField(
        min_value=1,
        max_value=100,
        required=False,
        allow_null=True,
        help_text="So many of the raters for each case, evenly shared; all of them unless told",
    )
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    moves_due = serializers.BooleanField(
        default=False, help_text="due_at holds for what is assigned and not submitted, too"
    )


class AskRereadsSerializer(serializers.Serializer):
    per_rater = serializers.IntegerField(min_value=1, max_value=1000)
    raters = serializers.ListField(
        child=serializers.IntegerField(), min_length=1, required=False, help_text="User ids; all unless told"
    )
    delay_days = serializers.IntegerField(min_value=0, max_value=3650, default=rereading.DELAY_DAYS)
    days_to_work = serializers.IntegerField(
        min_value=1, max_value=3650, required=False, allow_null=True, help_text="Until it is due"
    )


class OfferFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="A labelmap: .nii, .nii.gz, .mha or .nrrd")
    source = serializers.CharField(  # type: ignore[assignment]  # every field of DRF has a source of its own
        max_length=200, help_text="Whose it is, in words; the rater reads it"
    )
    raters = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="User ids; all of the case unless told"
    )


class OfferSerializer(serializers.Serializer):
    """To how many assignments a labelmap is offered now, and how many had begun without it."""

    offered = serializers.IntegerField()
    begun = serializers.IntegerField()


class StartFromOfferSerializer(serializers.Serializer):
    edit_id = serializers.UUIDField()
