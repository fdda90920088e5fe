"""A tunnel is named by a variable of its environment."""

import pytest

from terrarium.errors import Error
from terrarium.tunnel.address import tunnel_address, tunnel_variable


def test_each_environment_has_a_tunnel_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRARIUM_TUNNEL_DEV", "127.0.0.1:15432")
    monkeypatch.delenv("TERRARIUM_TUNNEL_PROD", raising=False)
    assert tunnel_address("dev") == ("127.0.0.1", 15432)
    assert tunnel_address("prod") is None
    assert tunnel_variable("team-a") == "TERRARIUM_TUNNEL_TEAM_A"


@pytest.mark.parametrize("wrong", ["15432", "127.0.0.1:", "somewhere", "127.0.0.1:port"])
def test_what_is_no_address_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRARIUM_TUNNEL_DEV", wrong)
    with pytest.raises(Error, match=r"TERRARIUM_TUNNEL_DEV is .* which is not an address"):
        tunnel_address("dev")
