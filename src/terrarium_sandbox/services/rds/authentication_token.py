"""The tokens by which database users prove who they are in IAM.

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

# RDS takes no token that is older, whatever the token says of itself.
_LIFETIME = datetime.timedelta(minutes=15)
_CLOCK_SKEW = datetime.timedelta(minutes=5)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


class TokenRefusedError(Exception):
    """The token is no good; the message says why."""


@dataclass(frozen=True)
class AuthenticationToken:
    """What a token claims. Nothing of it is true before `verify_signature`.

    Attributes:
        endpoint: The database it is for, `host:port`.
        user: The database user.
        access_key_id: Who signed.
        session_token: Comes with temporary credentials.
        region: What it was signed for.
        signed_at: When.
        lifetime: For how long it is good.
        query: All of its parameters.
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
        """Read a token.

        Raises:
            TokenRefusedError: It is none.
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
            raise TokenRefusedError("it is no authentication token") from error
        if (query.get("Action"), url.path) != ("connect", "/"):
            raise TokenRefusedError("it is signed for something else than to connect")
        if (date, service, terminator) != (timestamp[:8], "rds-db", "aws4_request"):
            raise TokenRefusedError("it is signed for something else than rds-db")
        return token

    def verify_time(self, now: datetime.datetime) -> None:
        """Raise TokenRefusedError unless the token is good at `now`."""
        if self.signed_at > now + _CLOCK_SKEW:
            raise TokenRefusedError(f"it is signed in the future, at {self.signed_at}")
        if now > self.signed_at + self.lifetime:
            raise TokenRefusedError(f"it expired at {self.signed_at + self.lifetime}")

    def verify_signature(self, secret_access_key: str) -> None:
        """Raise TokenRefusedError unless the holder of this secret has signed exactly this token."""
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
