"""Submissions on the wire."""

from datetime import datetime
from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.algorithms.models import Run
from backend.datasets.serializers import ChallengeLinkSerializer
from backend.phases.models import Phase
from backend.submissions import selectors
from backend.submissions.models import Submission

Status = Submission.Status


class SubmissionPhaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    score_visibility = serializers.ChoiceField(choices=Phase.ScoreVisibility.choices)
    challenge = ChallengeLinkSerializer()


class SubmissionFindingSerializer(serializers.Serializer):
    """One problem (or remark) of preflight. `file` is null where a whole case is meant, `case` where the file
    belongs to none."""

    file = serializers.CharField(allow_null=True)
    case = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    sentence = serializers.CharField()
    remedy = serializers.CharField()


class SubmissionProgressSerializer(serializers.Serializer):
    """Cases computed while a model runs, files checked while it is validated, then cases scored."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class SubmissionEvaluationSerializer(serializers.Serializer):
    """One evaluation. `means` is {metric: {region: mean}}, null where no case defines it; `overall` {metric:
    mean over the regions}. `is_current_set` is false where the phase asks for another metric set by now."""

    id = serializers.UUIDField()
    reference_number = serializers.IntegerField(source="reference.number")
    metric_set = serializers.CharField()
    is_current_set = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=["scoring", "scored", "failed"])
    created_at = serializers.DateTimeField()
    scored_at = serializers.DateTimeField(allow_null=True)
    case_count = serializers.IntegerField()
    means = serializers.DictField(child=serializers.DictField(child=serializers.FloatField(allow_null=True)))
    not_defined = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    overall = serializers.DictField(child=serializers.FloatField(allow_null=True))

    def get_is_current_set(self, evaluation: Any) -> bool:  # an Evaluation, of an app above this one
        return bool(evaluation.metric_set == evaluation.submission.phase.metric_set)


class SubmissionRunSerializer(serializers.Serializer):
    """The model's run that computes the predictions, or did."""

    id = serializers.UUIDField()
    purpose = serializers.ChoiceField(choices=Run.Purpose.choices)
    algorithm_id = serializers.UUIDField(source="version.algorithm_id")
    version_id = serializers.UUIDField()
    version_number = serializers.IntegerField(source="version.number")
    sequences = serializers.ListField(child=serializers.CharField(), allow_null=True)


# `context["viewpoint"]` is that of who asks.
class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """Evaluations are empty, and the time of scoring null, where scores are hidden."""

    phase = SubmissionPhaseSerializer()
    participant = PersonSerializer()
    run = SubmissionRunSerializer(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)
    status_changed_at = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    is_rescoring = serializers.SerializerMethodField()
    evaluations = serializers.SerializerMethodField()
    may_withdraw = serializers.SerializerMethodField()
    may_retry = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = [
            "id",
            "phase",
            "participant",
            "method_name",
            "method_description",
            "archive_name",
            "run",
            "created_at",
            "status",
            "status_changed_at",
            "reason_code",
            "reason",
            "progress",
            "is_rescoring",
            "evaluations",
            "may_withdraw",
            "may_retry",
        ]
        read_only_fields = fields

    def get_status_changed_at(self, submission: Submission) -> datetime | None:
        if submission.status == Status.SCORED and not self._viewpoint().shows_scores(submission):
            return None
        return submission.status_changed_at

    def get_reason(self, submission: Submission) -> str:
        return self._viewpoint().reason(submission)

    @extend_schema_field(SubmissionProgressSerializer)
    def get_progress(self, submission: Submission) -> dict[str, int]:
        progress = selectors.progress(submission)
        return {"done": progress.done, "total": progress.total}

    def get_is_rescoring(self, submission: Submission) -> bool:
        """Whether it is being scored against a new reference; its earlier scores stand until then."""
        return submission.status == Status.SCORED and selectors.scoring_progress(submission).total > 0

    @extend_schema_field(SubmissionEvaluationSerializer(many=True))
    def get_evaluations(self, submission: Submission) -> list[dict[str, Any]]:
        if not self._viewpoint().shows_scores(submission):
            return []
        today = submission.phase.metric_set
        found = (
            sorted(  # the one that stands for the submission first, as `evaluations.selectors` orders them
                submission.evaluations.all(),
                key=lambda found: (found.reference.number, found.metric_set == today, found.created_at),
                reverse=True,
            )
        )
        return cast(list[dict[str, Any]], SubmissionEvaluationSerializer(found, many=True).data)

    def get_may_withdraw(self, submission: Submission) -> bool:
        return self._viewpoint().may_withdraw(submission)

    def get_may_retry(self, submission: Submission) -> bool:
        return self._viewpoint().may_retry(submission)

    def _viewpoint(self) -> selectors.Viewpoint:
        return cast(selectors.Viewpoint, self.context["viewpoint"])


class SubmissionDetailSerializer(SubmissionSerializer):
    """With every finding of preflight."""

    findings = SubmissionFindingSerializer(many=True)

    class Meta(SubmissionSerializer.Meta):
        fields = [*SubmissionSerializer.Meta.fields, "findings"]
        read_only_fields = fields


class OfferPredictionsSerializer(serializers.Serializer):
    source = serializers.CharField(  # type: ignore[assignment]  # every field of DRF has a source of its own
        max_length=200,
        default="",
        allow_blank=True,
        help_text="How raters read whose it is; the method's name unless told",
    )
    cases = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="All that it predicts unless told"
    )
    raters = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="User ids; all of a case unless told"
    )


class CreateSubmissionSerializer(serializers.Serializer):
    upload = serializers.UUIDField(help_text="A whole upload of purpose `submission`: a .zip or .tar.gz")
    method_name = serializers.CharField(max_length=80)
    method_description = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=10_000
    )
