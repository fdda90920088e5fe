"""An environment without internet: AWS through interface endpoints, all else through the proxy of the company."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from terrarium_sandbox.postgres.certificate import make_certificate
from tests.support.deployment import Deployment
from tests.support.edited_checkout import edited_checkout
from tests.support.forward_proxy import ForwardProxy, forward_proxy
from tests.support.local_sandbox import LocalSandbox

pytestmark = pytest.mark.slow

_EXTERNAL = "https://files.acme.example/rows.csv"
_DOWNLOAD = f"""
import ssl, urllib.request
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
print(urllib.request.urlopen("{_EXTERNAL}", context=context).read().decode())
"""
_SUBMIT = f"""
import terrarium
lab = terrarium.connect("dev")
job = lab.compute.submit(["python", "-c", {_DOWNLOAD!r}], name="download", code=None)
job.result()
print("\\n".join(map(str, job.logs())))
"""


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[ForwardProxy]:
    """A proxy in front of a server of HTTPS."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"rows of another company")

        def log_message(self, *_: object) -> None:
            """Write nothing to the output of the test."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(make_certificate(tmp_path).server_file)
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with forward_proxy(("127.0.0.1", server.server_port)) as proxy:
            yield proxy
        server.shutdown()


def test_a_private_environment_behind_a_proxy_works(
    own_sandbox: LocalSandbox, proxy: ForwardProxy, tmp_path: Path
) -> None:
    def private(name: str, text: str) -> str:
        if name != "dev":
            return text
        settings = f'[network]\negress = "interface-endpoints"\nproxy.url = "{proxy.url}"'
        return text.replace("[network]", settings)

    own_sandbox.command("up", "--port", "0")
    checkout = edited_checkout(own_sandbox, tmp_path / "checkout", private)
    dev = Deployment(checkout, "dev", tmp_path / "out")
    dev.terrarium("bootstrap", "dev")
    dev.deploy()
    dev.terrarium("images", "push", "dev")
    dev.terrarium("migrate", "dev")

    state = dev.state()
    assert not [address for address in state if "_gateway" in address]
    kinds = [one["vpc_endpoint_type"] for address, one in state.items() if "aws_vpc_endpoint." in address]
    assert (kinds.count("Interface"), kinds.count("Gateway")) == (13, 2)
    assert dev.terraform("plan", "-detailed-exitcode", "-input=false", check=False).returncode == 0

    outcomes = json.loads(dev.terrarium("verify", "dev", "--json").stdout)
    assert [one for one in outcomes if one["status"] == "failed"] == []

    proxy.connected.clear()
    assert "rows of another company" in dev.python("-c", _SUBMIT).stdout
    assert proxy.connected == ["files.acme.example:443"]  # and nothing of AWS

    dev.cdktf("destroy", "--auto-approve")
    assert dev.state() == {}
