"""What belongs to no app."""

from tests.permissions.matrix import Row, answers

ROWS = [Row("GET", "/api/v1/schema/", answers(200))]
