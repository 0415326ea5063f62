"""Consensus: the organizers' alone, where no phase shares its reference (`world.unshared_case`)."""

from tests.permissions.matrix import Row, World, answers

ORGANIZER = {"anonymous": 401, "organizer": 200}

ROWS = [
    Row("GET", "/api/v1/fusion-methods/", answers(200, anonymous=401)),
    Row("GET", "/api/v1/cases/{unshared_case.id}/consensus/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/datasets/{dataset.id}/consensus/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/consensus/{consensus.id}/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/consensus/{consensus.id}/labelmap/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/consensus/{consensus.id}/thumbnail/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/consensus/{fused.id}/agreement-map/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/datasets/{dataset.id}/agreement/", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/datasets/{dataset.id}/pictures/agreement.svg", answers(403, **ORGANIZER)),
    Row("GET", "/api/v1/datasets/{dataset.id}/pictures/volumes.svg", answers(403, **ORGANIZER)),
    Row("POST", "/api/v1/cases/{case.id}/fuse/", answers(403, anonymous=401, organizer=202)),
]


def build(world: World) -> None:
    world.consensus = world.unshared_case.consensus_versions.get()  # imported
    world.fused = world.case.consensus_versions.get()
