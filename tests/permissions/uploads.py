"""Uploads: each is its owner's alone."""

import base64

from tests.factories.uploads import partial_upload
from tests.permissions.matrix import Row, World, answers

OWNER_ONLY = {"anonymous": 401, "participant": 204}
TUS = {"Tus-Resumable": "1.0.0"}
METADATA = (
    f"filename {base64.b64encode(b'a.zip').decode()},purpose {base64.b64encode(b'submission').decode()}"
)

ROWS = [
    Row(
        "POST",
        "/api/v1/uploads/",
        answers(201, anonymous=401),
        headers=TUS | {"Upload-Length": "10", "Upload-Metadata": METADATA},
    ),
    Row("HEAD", "/api/v1/uploads/{upload.id}/", answers(404, anonymous=401, participant=200), headers=TUS),
    Row(
        "PATCH",
        "/api/v1/uploads/{upload.id}/",
        answers(404, **OWNER_ONLY),
        lambda world: b"the rest",
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": "6"},
    ),
    Row("DELETE", "/api/v1/uploads/{upload.id}/", answers(404, **OWNER_ONLY), headers=TUS),
]


def build(world: World) -> None:
    world.upload = partial_upload(owner=world.participant, data=b"first and the rest", arrived=6)
