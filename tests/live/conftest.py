import pytest
from channels.layers import channel_layers


@pytest.fixture(autouse=True)
def channel_layer_of_its_own() -> None:
    """Every test has an event loop of its own, and channels_redis keeps a lock of one that ended while the
    message that it had just received was still being cleared away."""
    channel_layers.backends.clear()
