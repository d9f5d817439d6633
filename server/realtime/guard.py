"""Keeps hostile and broken peers away from the hub: whatever a peer sends is an event we know, a refusal or a close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import prometheus_client
import structlog
from socketio import packet as wire

from server.errors import Malformed, NotFound, Problem
from server.problems import to_object
from server.realtime import protocol
from server.realtime.transport import Transports

log = structlog.get_logger(__name__)

REFUSED = prometheus_client.Counter("paomadeng_socket_refused_total", "Refused events and closed sockets", ["reason"])


class Guard:
    """Stands between Engine.IO and Socket.IO.

    The library runs an application's own ``connect`` handler when a peer sends an event of that name, leaves
    malformed and never-joining sockets open, and acknowledges unknown events; here each of them ends.
    """

    def __init__(self, server: Any, locale: str) -> None:
        self._server, self._eio = server, server.eio
        self._locale = locale
        self._refusals: Counter[str] = Counter()
        self.transports = Transports(server.eio, self.close)
        self._pass: Callable[[str, str], None] = server._handle_eio_message
        self._open: Callable[[str, Any], None] = server._handle_eio_connect
        self._gone: Callable[[str, str], None] = server._handle_eio_disconnect
        for event, handler in (("connect", self.opened), ("message", self.message), ("disconnect", self.closed)):
            self._eio.on(event, handler)

    def opened(self, eio_sid: str, environ: dict[str, Any]) -> None:
        """A peer is there; it has five seconds to join a namespace."""
        self._open(eio_sid, environ)
        self._server.start_background_task(self._expect_joined, eio_sid)

    def _expect_joined(self, eio_sid: str) -> None:
        self._server.sleep(protocol.CONNECT_S)
        if eio_sid in self._eio.sockets and not self._joined(eio_sid):
            self.close(eio_sid, "never_joined")

    def closed(self, eio_sid: str, reason: str) -> None:
        """A peer is gone."""
        self._refusals.pop(eio_sid, None)
        try:
            self._gone(eio_sid, reason)
        except Exception:
            log.exception("disconnect_failed")

    def message(self, eio_sid: str, data: Any) -> None:
        """A peer sent something: pass it on, refuse it with a problem, or close."""
        socket = self._eio.sockets.get(eio_sid)
        if socket is None or socket.closed:
            return
        try:
            packet = self._server.packet_class(encoded_packet=data) if isinstance(data, str) else None
        except Exception:
            packet = None
        if packet is None or not _well_formed(packet):
            self.close(eio_sid, "malformed")
        elif packet.packet_type != wire.ACK:
            self._dispatch(eio_sid, packet, data)

    def _dispatch(self, eio_sid: str, packet: Any, data: str) -> None:
        namespace = packet.namespace or "/"
        if packet.packet_type == wire.CONNECT and self._in(eio_sid, namespace):
            self.close(eio_sid, "malformed")
            return
        if packet.packet_type == wire.EVENT and self._refuse(eio_sid, namespace, packet):
            return
        try:
            self._pass(eio_sid, data)
        except Exception:
            log.exception("socket_failed")
            self.close(eio_sid, "failed")
        if packet.packet_type == wire.DISCONNECT and not self._joined(eio_sid):
            self.close(eio_sid, "left")

    def _refuse(self, eio_sid: str, namespace: str, packet: Any) -> bool:
        """Whether the event is none of ours; then it is answered with a problem and counted."""
        name, *args = packet.data
        if name not in protocol.ASKED.get(namespace, ()):
            reason = "reserved_event" if name in protocol.RESERVED else "unknown_event"
            problem: Problem = NotFound(detail="realtime.unknown_event", event=str(name)[:40])
        elif len(args) != 1 or not isinstance(args[0], dict):
            reason, problem = "bad_payload", Malformed(detail="realtime.one_object")
        else:
            return False
        REFUSED.labels(reason).inc()
        self._refusals[eio_sid] += 1
        if self._refusals[eio_sid] >= protocol.REFUSALS:
            self.close(eio_sid, "refusals")
        elif packet.id is not None and self._in(eio_sid, namespace):
            answer = [to_object(problem, self._locale)]
            reply = self._server.packet_class(wire.ACK, namespace=namespace, id=packet.id, data=answer)
            self._server._send_packet(eio_sid, reply)
        return True

    def close(self, eio_sid: str, reason: str) -> None:
        """End a peer's connection without waiting for it, and count why."""
        socket = self._eio.sockets.get(eio_sid)
        if socket is None or socket.closed:
            return
        REFUSED.labels(reason).inc()
        socket.close(wait=False, abort=True, reason=self._eio.reason.SERVER_DISCONNECT)
        if reason in ("backlog", "flood"):
            self.transports.hang_up(eio_sid)

    def close_room(self, namespace: str, room: str) -> None:
        """End the connection of everybody in a room of this node."""
        for _, eio_sid in list(self._server.manager.get_participants(namespace, room)):
            self.close(eio_sid, "revoked")

    def sweep(self) -> None:
        """End those who do not read what they are sent; start counting frames anew."""
        for eio_sid, socket in list(self._eio.sockets.items()):
            if socket.queue.qsize() > protocol.LARGEST_BACKLOG:
                self.close(eio_sid, "backlog")
        self.transports.frames.clear()

    def _in(self, eio_sid: str, namespace: str) -> bool:
        manager = self._server.manager
        sid = manager.sid_from_eio_sid(eio_sid, namespace)
        return sid is not None and bool(manager.is_connected(sid, namespace))

    def _joined(self, eio_sid: str) -> bool:
        return any(self._in(eio_sid, namespace) for namespace in protocol.ASKED)


def _well_formed(packet: Any) -> bool:
    """Whether a decoded packet is one a peer may send: never binary, events with a name, joins with an object."""
    if packet.attachment_count:
        return False
    if packet.packet_type == wire.EVENT:
        return isinstance(packet.data, list) and bool(packet.data) and isinstance(packet.data[0], str)
    if packet.packet_type == wire.CONNECT:
        return packet.data is None or isinstance(packet.data, dict)
    return packet.packet_type in (wire.DISCONNECT, wire.ACK)
