"""What can be wrong with an upload."""

from backend.common.errors import Conflict, Invalid, LimitReached, Outdated, TooLarge


class UploadTooLarge(TooLarge):
    code = "upload_too_large"


class ChunkTooLarge(TooLarge):
    code = "chunk_too_large"


class UploadQuotaReached(LimitReached):
    code = "upload_quota_reached"


class UploadEmpty(Invalid):
    code = "upload_empty"


class WrongPurpose(Invalid):
    code = "upload_wrong_purpose"


class OffsetMismatch(Conflict):
    code = "upload_offset_mismatch"


class UploadBusy(Conflict):
    code = "upload_busy"


class UploadIncomplete(Conflict):
    code = "upload_incomplete"


class UploadTaken(Conflict):
    code = "upload_taken"


class UploadLost(Conflict):
    code = "upload_lost"


class WrongProtocol(Outdated):
    """The client speaks another version of tus, or none."""

    code = "tus_version"
