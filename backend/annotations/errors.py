"""What may go wrong with annotations.

Invalid
├── BadLabelmap         the uploaded file is not a labelmap of this case
├── BadEdit             an edit's record is damaged, or paints a label that the scheme does not have
├── BadAssignment       people who are no raters, or cases of another dataset
└── BaseMissing         the request does not say which revision it starts from
Outdated
└── RevisionOutdated    another revision was saved meanwhile
Conflict
├── EditDiverged        an edit was made of another state of the labelmap than the head's
├── NotEditable         the head holds labels that no edit can write
├── AlreadySubmitted    a submitted annotation changes only after it was reopened
├── NothingToSubmit     no revision yet
├── EmptyLabelmap       no voxel is labelled, and nobody has confirmed that this is meant
├── NotSubmitted        there is nothing to reopen
├── AlreadyBegun        an assignment with revisions stays
├── NotOffered          there is no labelmap to start from
├── NotEmpty            what is painted already would be lost by starting from another labelmap
└── NothingToReread     no submitted reading that is not being read again already
"""

from backend.common.errors import Conflict, Invalid, Outdated


class BadLabelmap(Invalid):
    code = "bad_labelmap"


class BadEdit(Invalid):
    code = "bad_edit"


class BadAssignment(Invalid):
    code = "bad_assignment"


class BaseMissing(Invalid):
    code = "if_match_missing"


class RevisionOutdated(Outdated):
    code = "revision_outdated"


class EditDiverged(Conflict):
    code = "edit_diverged"


class NotEditable(Conflict):
    code = "not_editable"


class AlreadySubmitted(Conflict):
    code = "already_submitted"


class NothingToSubmit(Conflict):
    code = "nothing_to_submit"


class EmptyLabelmap(Conflict):
    code = "empty_labelmap"


class NotSubmitted(Conflict):
    code = "not_submitted"


class AlreadyBegun(Conflict):
    code = "already_begun"


class NotOffered(Conflict):
    code = "not_offered"


class NotEmpty(Conflict):
    code = "not_empty"


class NothingToReread(Conflict):
    code = "nothing_to_reread"
