"""Hostile models: code that the tests run behind the walls, in place of what loads a model."""
