"""What stands outside the server: a weather office's message, whoever a webhook tells, a page that is open."""

from __future__ import annotations

from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

CAP = """<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{name}</identifier><sender>weather.example</sender><sent>{sent}</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category>
<event>大风蓝色预警</event><urgency>Expected</urgency><severity>Minor</severity><certainty>Likely</certainty>
<headline>大风蓝色预警</headline><description>阵风七级</description>
<area><areaDesc>厂区</areaDesc></area></info></alert>"""


class Receiver(BaseHTTPRequestHandler):
    """Takes what webhooks send."""

    taken = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Receiver.taken += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def listen(desk: Any) -> None:
    """Read what a desk is told, answer its pings."""
    with suppress(Exception):
        while True:
            if desk.recv() == "2":
                desk.send("3")
