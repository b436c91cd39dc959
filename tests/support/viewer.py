"""A viewer without a browser: one session of the pages over Streamlit's websocket, as its own client speaks it.

What the browser does with what it got is not in its times.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 60.0  # seconds for one answer; then the viewer gives up


@dataclass
class Viewer:
    """Opens a page and does what the page asks of it. `refreshes`: seconds of each refresh of a fragment."""

    address: str  # http://host:port
    page: str = ""  # its path; the first page unless given
    refreshes: list[float] = field(default_factory=list)
    received: int = 0  # bytes
    faults: list[str] = field(default_factory=list)  # what a panel said instead of its figures, by kind of message
    _asked: dict[str, float] = field(default_factory=dict)  # fragment -> seconds between its refreshes
    _socket: Any = None

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(self.address),
            max_size=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def open(self) -> float:
        """Seconds until the page's first run has come whole."""
        began = time.perf_counter()
        await self._run(None)
        return time.perf_counter() - began

    async def watch(self, seconds: float, phase: float = 0.0) -> None:
        """Refresh each fragment as often as the page asks, for so long; the first time `phase` (of a turn) later."""
        end = time.perf_counter() + seconds
        assert self._asked, f"nothing on /{self.page} refreshes itself"
        due = {fragment: time.perf_counter() + (1 + phase) * every for fragment, every in self._asked.items()}
        while True:
            fragment = min(due, key=lambda name: due[name])
            if due[fragment] >= end:
                break
            await asyncio.sleep(max(0.0, due[fragment] - time.perf_counter()))
            began = time.perf_counter()
            await self._run(fragment)
            self.refreshes.append(time.perf_counter() - began)
            due = {name: due.get(name, began) for name in self._asked}
            due[fragment] = max(began + self._asked[fragment], time.perf_counter())

    async def _run(self, fragment: str | None) -> None:
        asked = BackMsg()
        asked.rerun_script.page_name = self.page
        if fragment is not None:
            asked.rerun_script.fragment_id = fragment
            asked.rerun_script.is_auto_rerun = True
        await self._socket.send(asked.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._take(await self._socket.recv()):
                pass

    def _take(self, content: bytes) -> bool:
        """Whether the run has ended with this message."""
        self.received += len(content)
        told = ForwardMsg.FromString(content)
        kind = told.WhichOneof("type")
        if kind == "auto_rerun":
            self._asked[told.auto_rerun.fragment_id] = told.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            self._asked.clear()
        elif kind in ("page_not_found", "auth_redirect"):
            self.faults.append(kind)
        elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
            self.faults.append(told.delta.new_element.exception.type)
        elif kind == "script_finished":
            ended = told.script_finished
            if ended == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.faults.append("compile error")
            return ended != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False
