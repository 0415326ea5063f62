"""Properties are about values: how long one example takes on a busy machine says nothing."""

from hypothesis import settings

settings.register_profile("numerics", deadline=None)
settings.load_profile("numerics")
