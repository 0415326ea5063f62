"""A browser's end of the websocket, in the test's own process."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from backend.challenges.permissions import Person
from backend.live.consumers import LiveConsumer


class BrowserSocket(ApplicationCommunicator):
    """Speaks ASGI's websocket messages with the consumer (channels' own needs daphne to be installed)."""

    def __init__(self, person: Person) -> None:
        super().__init__(LiveConsumer.as_asgi(), {"type": "websocket", "path": "/ws/live/", "user": person})

    async def open(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(timeout=5))["type"] == "websocket.accept"

    async def close(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)

    async def send(self, *, text: str | None = None, data: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def receive(self) -> Any:
        message = await self.receive_output(timeout=5)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def ask(self, **command: Any) -> Any:
        """Send a command and wait for its answer."""
        await self.send(text=json.dumps(command))
        return await self.receive()
