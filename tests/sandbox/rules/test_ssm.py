"""Rules of Parameter Store."""

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by


def test_values_have_the_size_of_their_tier(client: Client) -> None:
    ssm = client("ssm")
    ssm.put_parameter(Name="/sizes/standard", Value="x" * 4096, Type="String")
    with refused_by("parameter-value-size", message="4096"):
        ssm.put_parameter(Name="/sizes/standard-2", Value="x" * 4097, Type="String")
    ssm.put_parameter(Name="/sizes/advanced", Value="x" * 8192, Type="String", Tier="Advanced")
    with refused_by("parameter-value-size", message="8192"):
        ssm.put_parameter(Name="/sizes/advanced-2", Value="x" * 8193, Type="String", Tier="Advanced")
    ssm.put_parameter(Name="/sizes/clever", Value="x" * 4097, Type="String", Tier="Intelligent-Tiering")


def test_an_advanced_parameter_stays_advanced(client: Client) -> None:
    ssm = client("ssm")
    ssm.put_parameter(Name="/tiers/advanced", Value="x", Type="String", Tier="Advanced")
    with refused_by("parameter-tier-downgrade"):
        ssm.put_parameter(Name="/tiers/advanced", Value="y", Type="String", Tier="Standard", Overwrite=True)
    ssm.put_parameter(Name="/tiers/advanced", Value="x" * 5000, Type="String", Overwrite=True)


def test_names_are_constrained(client: Client) -> None:
    ssm = client("ssm")
    with refused_by("parameter-name"):
        ssm.put_parameter(Name="/a b", Value="x", Type="String")
    ssm.put_parameter(Name="/" + "/".join("abcdefghijklmno"), Value="x", Type="String")
    with refused_by("parameter-hierarchy-levels"):
        ssm.put_parameter(Name="/" + "/".join("abcdefghijklmnop"), Value="x", Type="String")
