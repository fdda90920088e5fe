"""A server of two processes that stands in for MLflow's: it answers, and one of them may ignore SIGTERM.

Run as an interpreter would be: `ui_server.py -m mlflow server … --host HOST --port PORT …`.
"""

import http.server
import os
import signal
import sys
import time
from pathlib import Path


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def main(arguments: list[str]) -> None:
    host, port = arguments[arguments.index("--host") + 1], int(arguments[arguments.index("--port") + 1])
    worker = os.fork()
    if not worker:
        if "UI_SERVER_STUBBORN" in os.environ:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)
    Path(os.environ["UI_SERVER_PROCESSES"]).write_text(f"{os.getpid()} {worker}")
    http.server.HTTPServer((host, port), _Healthy).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
