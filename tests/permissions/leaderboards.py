"""Boards: everyone's where scores are public, the organizers' where they are hidden."""

from tests.permissions.matrix import Row, World, answers

ROWS = [
    Row("GET", "/api/v1/phases/{phase.id}/leaderboard/", answers(200)),
    Row("GET", "/api/v1/phases/{phase.id}/snapshots/", answers(200)),
    Row("GET", "/api/v1/snapshots/{snapshot.id}/", answers(200)),
    Row("GET", "/api/v1/phases/{hidden_phase.id}/leaderboard/", answers(403, organizer=200)),
    Row("GET", "/api/v1/phases/{phase.id}/ranking/", answers(200)),
    Row("GET", "/api/v1/phases/{hidden_phase.id}/ranking/", answers(403, organizer=200)),
    Row("GET", "/api/v1/phases/{draft_phase.id}/ranking/", answers(404, organizer=200, rater=200)),
    Row("GET", "/api/v1/phases/{hidden_phase.id}/snapshots/", answers(403, organizer=200)),
    Row("GET", "/api/v1/snapshots/{hidden_snapshot.id}/", answers(403, organizer=200)),
    Row("GET", "/api/v1/phases/{draft_phase.id}/leaderboard/", answers(404, organizer=200, rater=200)),
    *(
        Row("GET", f"/api/v1/phases/{{{phase}.id}}/pictures/{picture}.svg", expect)
        for picture in ("scores", "stability", "significance")
        for phase, expect in (
            ("phase", answers(200)),
            ("hidden_phase", answers(403, organizer=200)),
            ("draft_phase", answers(404, organizer=200, rater=200)),
        )
    ),
]


def build(world: World) -> None:
    world.snapshot = world.phase.snapshots.first()
    world.hidden_snapshot = world.hidden_phase.snapshots.first()
