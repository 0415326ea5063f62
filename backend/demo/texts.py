"""What the demo says. It never leaves a doubt that its cases are synthetic."""

from typing import Any

SLUG = "phantom-glioma"
TITLE = "Phantom Glioma Challenge"
SUMMARY = "Segment simulated gliomas in four MR sequences. Every case, rater and method here is synthetic."
DESCRIPTION = """\
**Everything here is synthetic.** No patient is behind these images. They were computed so that you \
can see a whole challenge at work: cases, five raters, a consensus, submissions and a leaderboard. \
They say nothing about medicine.

### Cases

Each case is a brain warped from the MNI152 template with a growing tumour: necrosis, non-enhancing \
and enhancing tumour, and edema that follows the white matter. Four sequences (FLAIR, T1, T1c, T2) \
with a bias field, blur and noise of their own.

### Reference

Five simulated raters, each with habits of their own (one generous, one tight, one hasty, one who \
overlooks small foci, one cautious), drew every case independently. Their labelmaps are fused by the \
hierarchical vote of BraTS.

### Task

Send one labelmap per case. You are scored by Dice for **complete**, **core** and **enhancing** \
tumour, and compared with the raters themselves: each of them against the consensus of the other four.
"""
RULES = """\
- One labelmap per case, on the case's grid: 1 necrosis, 2 edema, 3 non-enhancing, 4 enhancing, \
0 everything else.
- The methods on the board are five simple ones that learned from other phantoms, or not at all, and a \
small network of the organizers, marked as a baseline. Beat them.
- Archives that fail the check cost no attempt.
"""
DATASET = "Phantom gliomas"
OPEN_DATASET = "Phantom gliomas, being annotated"
DATASET_DESCRIPTION = "Synthetic cases computed from the MNI152 tissue maps; no patient data."
MODEL = "Phantom SegNet"
MODEL_DESCRIPTION = """\
A small SegNet over axial slices, trained on other phantoms by `make demo-model` and shipped with the \
code. It shows how a model of the organizers runs over a phase and stands on the board as a baseline.
"""
MODEL_LICENCE = "Made by this platform's own code from synthetic cases."
LICENCE = "Synthetic; the anatomy derives from the MNI ICBM 152 2009 template (McGill University)."
RATER_NAMES = ("Ria Broad", "Tim Close", "Hal Quick", "Spencer Few", "Cara Slow")
TEAM_NAMES = {
    "team-cobalt": "Team Cobalt",
    "team-delta": "Team Delta",
    "team-ember": "Team Ember",
    "team-fjord": "Team Fjord",
}
PHASES: tuple[dict[str, Any], ...] = (
    {
        "slug": "open-test",
        "title": "Open test",
        "description": "The reference is hidden, the board is public.",
        "attempts_per_day": 10,
        "attempts_total": 200,
        "score_visibility": "public",
    },
    {
        "slug": "final",
        "title": "Final",
        "description": "Scores stay hidden until the organizers publish them.",
        "attempts_per_day": 1,
        "attempts_total": 2,
        "score_visibility": "hidden",
        "opens_in_days": 30,
    },
)
