"""A network that fails: a TCP proxy on loopback that delays, stalls and resets, and a Kafka reached through it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra import processes
from infra.access import Address
from infra.broker.apache import ApacheKafka
from tests.support.processes import QUICK_JAVA

_ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST, and what was under way is lost


class Proxy:
    """Listens on a port of loopback and passes bytes on to `target()` (HOST:PORT), asked at each connection.

    `delay`: seconds that each piece waits, either way. `cut`: nothing passes, connections hang, until `mend`.
    `reset`: all connections are aborted; new ones are let in.
    """

    def __init__(self, target: Callable[[], str]) -> None:
        self._target = target
        self.delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._passing = asyncio.Event()
        self._passing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """As a pulled cable: nobody is told."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def mend(self) -> None:
        """What waited passes on."""
        self.delay = 0.0
        self._loop.call_soon_threadsafe(self._passing.set)

    def reset(self) -> None:
        """As a rebooting firewall: all connections are gone at once."""
        self._loop.call_soon_threadsafe(self._abort)

    def close(self) -> None:
        """Let go of everything."""
        self.reset()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._listener.close()

    def _abort(self) -> None:
        for writer in list(self._writers):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._joined, sock=self._listener))
        self._loop.run_forever()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        await self._passing.wait()
        host, _, port = self._target().rpartition(":")
        try:
            there = await asyncio.open_connection(host, int(port))
        except OSError:
            self._writers.discard(writer)
            writer.transport.abort()
            return
        self._writers.add(there[1])
        await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))
        self._writers -= {writer, there[1]}

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(1 << 16):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._passing.wait()
                sink.write(piece)
                await sink.drain()
        sink.close()


class ProxiedKafka(ApacheKafka):
    """`address` is the broker itself; `far` reaches it through `link`, and so do all connections that begin there."""

    java_options = QUICK_JAVA

    def __init__(self, directory: Path, log: Path, **more: Any) -> None:
        super().__init__(directory, log, **more)
        self._inside = f"127.0.0.1:{processes.free_port()}"
        self.link = Proxy(lambda: self._inside)
        self.far = Address(self.link.address)

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        self.link.close()

    def _configure(self) -> Path:
        written = super()._configure()
        properties = dict(line.split("=", 1) for line in written.read_text("utf-8").splitlines())
        properties["listeners"] += f",FAR://{self._inside}"
        properties["advertised.listeners"] += f",FAR://{self.far}"
        properties["listener.security.protocol.map"] += ",FAR:PLAINTEXT"
        written.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), "utf-8")
        return written
