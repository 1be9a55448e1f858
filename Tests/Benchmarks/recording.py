"""Reads GoReplay recordings and sends what is in them."""

import dataclasses
import http.client
import pathlib
import time

SEPARATOR = "\n🐵🙈🙉\n".encode()
STOREDOG = pathlib.Path(__file__).parents[2] / "Fixtures/storedog/requests_0.gor"


@dataclasses.dataclass
class Recorded:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def is_page(self):
        return any(name == "Upgrade-Insecure-Requests" for name, _ in self.headers)


def read(path=STOREDOG):
    return [parse(record.split(b"\n", 1)[1]) for record in path.read_bytes().split(SEPARATOR)[:-1]]


def parse(raw):
    head, body = raw.split(b"\r\n\r\n", 1)
    request_line, *fields = head.decode().split("\r\n")
    method, target, _ = request_line.split(" ")
    return Recorded(method, target, [tuple(field.split(": ", 1)) for field in fields], body)


class Player:
    """Sends recorded requests over one keep-alive connection, as they were but for the Host."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, recorded):
        """Status and milliseconds from sending to the last byte of the answer."""
        started = time.perf_counter()
        self.connection.putrequest(recorded.method, recorded.target, skip_host=True, skip_accept_encoding=True)
        for name, value in recorded.headers:
            self.connection.putheader(name, f"127.0.0.1:{self.connection.port}" if name == "Host" else value)
        self.connection.endheaders(recorded.body or None)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, (time.perf_counter() - started) * 1e3
