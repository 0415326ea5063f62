"""What may go wrong with datasets and their imports.

Conflict
├── ImportNotWaiting    the import is not in the state that this step starts from
├── NameTaken           a dataset or scheme of this name exists
Invalid
├── BadScheme           a label scheme that contradicts itself
├── BadConfirmation     raters or cases that the import does not have
├── UnknownMethod       no such fusion method, or it cannot handle the scheme
└── BadParameters       a fusion method does not take these parameters
"""

from backend.common.errors import Conflict, Invalid


class ImportNotWaiting(Conflict):
    code = "import_not_waiting"


class NameTaken(Conflict):
    code = "name_taken"


class BadScheme(Invalid):
    code = "bad_scheme"


class BadConfirmation(Invalid):
    code = "bad_confirmation"


class UnknownMethod(Invalid):
    code = "unknown_method"


class BadParameters(Invalid):
    code = "bad_fusion_parameters"
