"""Packets on the line: `$data#checksum`, acknowledged by `+`, and the byte that interrupts."""

from __future__ import annotations

import select
import socket

LONGEST = 1 << 17
"""Characters of a packet, as `PacketSize` says."""
_INTERRUPT = 0x03
_ESCAPED = frozenset(b"}$#*")


class Closed(Exception):
    """The other side has gone."""


class Connection:
    """Packets that come and go.

    Args:
        line: what they come over.

    Attributes:
        acknowledges: whether each packet is answered by `+`.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._read = bytearray()
        self.acknowledges = True

    def receive(self) -> bytes | None:
        """The next packet, without escapes; None for an interrupt between packets.

        Raises:
            Closed: there are no more.
        """
        while True:
            if self._take_interrupt():
                return None
            packet = self._take()
            if packet is not None:
                return packet
            if not self._read.startswith(bytes([_INTERRUPT])):
                self._fill()

    def send(self, data: bytes) -> None:
        """Sends a packet.

        Raises:
            Closed: nobody is there.
        """
        escaped = bytearray()
        for byte in data:
            escaped += bytes([0x7D, byte ^ 0x20]) if byte in _ESCAPED else bytes([byte])
        self._put(b"$%b#%02x" % (bytes(escaped), sum(escaped) & 0xFF))

    def is_interrupted(self) -> bool:
        """Whether an interrupt has come, or the other side has gone; does not wait."""
        while select.select([self._line], [], [], 0)[0]:
            try:
                self._fill()
            except Closed:
                return True
        return self._take_interrupt()

    def _take_interrupt(self) -> bool:
        """Takes an interrupt from the front."""
        while bytes(self._read[:1]) in (b"+", b"-"):
            del self._read[:1]
        if self._read.startswith(bytes([_INTERRUPT])):
            del self._read[:1]
            return True
        return False

    def _take(self) -> bytes | None:
        """Takes the first whole packet, if there is one."""
        read = self._read
        while read:
            begin = next((i for i, byte in enumerate(read) if byte in (0x24, _INTERRUPT)), None)
            if begin is None:
                read.clear()
                return None
            del read[:begin]
            if read[0] == _INTERRUPT:
                return None
            end = read.find(b"#")
            if end < 0 or len(read) < end + 3:
                if len(read) > 2 * LONGEST:
                    raise Closed
                return None
            data, checksum = bytes(read[1:end]), bytes(read[end + 1 : end + 3])
            del read[: end + 3]
            is_right = checksum.lower() == b"%02x" % (sum(data) & 0xFF)
            if self.acknowledges:
                self._put(b"+" if is_right else b"-")
            if is_right or not self.acknowledges:
                return _unescaped(data)
        return None

    def _fill(self) -> None:
        try:
            found = self._line.recv(1 << 16)
        except OSError:
            raise Closed from None
        if not found:
            raise Closed
        self._read += found

    def _put(self, data: bytes) -> None:
        try:
            self._line.sendall(data)
        except OSError:
            raise Closed from None


def _unescaped(data: bytes) -> bytes:
    found = bytearray()
    at = 0
    while at < len(data):
        is_escape = data[at] == 0x7D and at + 1 < len(data)
        found.append(data[at + 1] ^ 0x20 if is_escape else data[at])
        at += 2 if is_escape else 1
    return bytes(found)
