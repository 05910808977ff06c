"""Settings for all tests."""

from hypothesis import settings

# A shared, loaded machine makes single examples slow; that is no fault of the code.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")
