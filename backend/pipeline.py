"""What happens next: the urls.py of events. Reading this table from top to bottom is reading both flows."""

from backend.algorithms.tasks import check_run_task, check_version_task, predict_task, train_task
from backend.annotations.tasks import compare_readings_task, enter_imported_labelmaps_task
from backend.consensus.tasks import adopt_references_task, fuse_case_task, fuse_dataset_task
from backend.datasets.tasks import inspect_import_task, store_import_task
from backend.evaluations.tasks import (
    draw_overlay_task,
    evaluate_phase_task,
    evaluate_submission_task,
    owe_rater_scores_task,
    score_case_task,
    score_raters_task,
)
from backend.events import types as events
from backend.events.bus import Pipeline, Step
from backend.leaderboards.tasks import analyse_leaderboard_task, rank_phase_task
from backend.phases.tasks import refresh_case_references_task, refresh_phase_reference_task
from backend.submissions.tasks import follow_run_task, validate_submission_task

NEXT: Pipeline = {
    # a dataset comes in
    events.ImportReceived: (Step(inspect_import_task, "import_id"),),
    events.ImportConfirmed: (Step(store_import_task, "import_id"),),
    events.DatasetVersionCreated: (
        Step(adopt_references_task, "version_id"),
        Step(enter_imported_labelmaps_task, "version_id"),
    ),
    # raters annotate, their labelmaps are fused
    events.AnnotationSubmitted: (
        Step(fuse_case_task, "case_id"),
        Step(compare_readings_task, "annotation_id"),
    ),
    events.AnnotationReopened: (Step(fuse_case_task, "case_id"),),
    events.FusionChanged: (Step(fuse_dataset_task, "dataset_id"),),
    events.CaseFusionRequested: (Step(fuse_case_task, "case_id"),),
    events.ConsensusCreated: (Step(refresh_case_references_task, "case_id"),),
    # a phase's reference is a new one: every submission is scored against it, and the raters beside them
    events.PhaseChanged: (
        Step(refresh_phase_reference_task, "phase_id"),
        Step(owe_rater_scores_task, "phase_id"),
        Step(rank_phase_task, "phase_id"),
    ),
    events.PhaseReferenceReplaced: (
        Step(evaluate_phase_task, "phase_id"),
        Step(owe_rater_scores_task, "phase_id"),
        Step(rank_phase_task, "phase_id"),
    ),
    events.RescoringRequested: (
        Step(evaluate_phase_task, "phase_id"),
        Step(owe_rater_scores_task, "phase_id"),
    ),
    events.RaterScoresRequested: (Step(score_raters_task, "consensus_id"),),
    events.RatersScored: (Step(rank_phase_task, "phase_id"),),
    # a submission comes in
    events.SubmissionReceived: (Step(validate_submission_task, "submission_id"),),
    events.SubmissionAccepted: (Step(evaluate_submission_task, "submission_id"),),
    events.CaseEvaluationRequested: (Step(score_case_task, "case_evaluation_id"),),
    events.EvaluationCompleted: (Step(rank_phase_task, "phase_id"),),
    events.SubmissionWithdrawn: (Step(rank_phase_task, "phase_id"),),
    # a model runs, or learns: its workers claim what is owed
    events.AlgorithmVersionUploaded: (Step(check_version_task, "version_id"),),
    events.RunRequested: (Step(predict_task, "run_id"), Step(follow_run_task, "run_id")),
    events.RunComputed: (Step(check_run_task, "run_id"),),
    events.RunEnded: (Step(follow_run_task, "run_id"),),
    events.TrainingRequested: (Step(train_task, "training_id"),),
    # somebody looks
    events.OverlayPictureRequested: (Step(draw_overlay_task, "picture_id"),),
    # the board says something else: how stable is that order?
    events.LeaderboardChanged: (Step(analyse_leaderboard_task, "phase_id"),),
}
