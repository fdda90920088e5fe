"""Tokens of IAM database authentication.

A token is a presigned request, `host:port/?Action=connect&DBUser=...`, without its scheme. Source: Amazon RDS User
Guide, "IAM database authentication", and what botocore's `generate_db_auth_token` makes.
"""

import datetime
import hmac
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

__all__ = ["AuthenticationToken", "TokenRefusedError"]

# RDS refuses older tokens, regardless of their own lifetime.
_LIFETIME = datetime.timedelta(minutes=15)
_CLOCK_SKEW = datetime.timedelta(minutes=5)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


class TokenRefusedError(Exception):
    """The token is not valid; the message has the reason."""


@dataclass(frozen=True)
class AuthenticationToken:
    """The claims of a token, which are not verified before `verify_signature`.

    Attributes:
        endpoint: The endpoint of the database, `host:port`.
        user: The database user.
        access_key_id: The access key of the signer.
        session_token: The session token of temporary credentials.
        region: The region in the scope of the signature.
        signed_at: The time of the signature.
        lifetime: The time for which it is valid.
        query: All its parameters.
    """

    endpoint: str
    user: str
    access_key_id: str
    session_token: str | None
    region: str
    signed_at: datetime.datetime
    lifetime: datetime.timedelta
    query: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> "AuthenticationToken":
        """Parse a token.

        Raises:
            TokenRefusedError: The text is not a token.
        """
        try:
            url = urlsplit(f"https://{text}")
            parameters = parse_qsl(url.query, keep_blank_values=True, strict_parsing=True)
            query = dict(parameters)
            if url.netloc != f"{url.hostname}:{url.port}" or len(query) != len(parameters):
                raise ValueError(text)
            access_key_id, date, region, service, terminator = query["X-Amz-Credential"].split("/")
            timestamp = query["X-Amz-Date"]
            token = cls(
                endpoint=url.netloc,
                user=query["DBUser"],
                access_key_id=access_key_id,
                session_token=query.get("X-Amz-Security-Token"),
                region=region,
                signed_at=datetime.datetime.strptime(timestamp, _TIMESTAMP).replace(tzinfo=datetime.UTC),
                lifetime=min(datetime.timedelta(seconds=int(query["X-Amz-Expires"])), _LIFETIME),
                query=query,
            )
        except (KeyError, ValueError, OverflowError) as error:
            raise TokenRefusedError("it is not an authentication token") from error
        if (query.get("Action"), url.path) != ("connect", "/"):
            raise TokenRefusedError("it is signed for another action than connect")
        if (date, service, terminator) != (timestamp[:8], "rds-db", "aws4_request"):
            raise TokenRefusedError("it is signed for another service than rds-db")
        return token

    def verify_time(self, now: datetime.datetime) -> None:
        """Raise TokenRefusedError unless the token is valid at `now`."""
        if self.signed_at > now + _CLOCK_SKEW:
            raise TokenRefusedError(f"it is signed in the future, at {self.signed_at}")
        if now > self.signed_at + self.lifetime:
            raise TokenRefusedError(f"it expired at {self.signed_at + self.lifetime}")

    def verify_signature(self, secret_access_key: str) -> None:
        """Raise TokenRefusedError unless the token is signed with this secret."""
        query = dict(self.query)
        given = query.pop("X-Amz-Signature", "")
        request = AWSRequest(method="GET", url=f"https://{self.endpoint}/?{urlencode(query)}")
        request.context["timestamp"] = query["X-Amz-Date"]
        credentials = Credentials(self.access_key_id, secret_access_key)
        signer = SigV4QueryAuth(credentials, "rds-db", self.region)
        string_to_sign = signer.string_to_sign(request, signer.canonical_request(request))
        right = signer.signature(string_to_sign, request)
        if not hmac.compare_digest(right.encode(), given.encode(errors="replace")):
            raise TokenRefusedError("its signature is wrong")
