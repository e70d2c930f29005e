"""Outside clients of the store, as they come over HTTP."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from lms.xapi import granting
from lms.xapi.models import Credential

PREFIX = "https://learn.example.org/"


@dataclass
class Outside:
    """A client with its key. Bodies that are no text or bytes are sent as JSON, parameters that are objects too."""

    credential: Credential
    secret: str
    version: str = "1.0.3"
    resource: str = "/xapi/statements"

    def at(self, resource: str, version: str | None = None) -> "Outside":
        """The same client at another resource."""
        return replace(self, resource=f"/xapi/{resource}", version=version or self.version)

    def delete(self, **parameters) -> HttpResponse:
        return self.send("DELETE", **parameters)

    def post(self, body, /, **parameters) -> HttpResponse:
        return self.send("POST", body, **parameters)

    def put(self, body, /, **parameters) -> HttpResponse:
        return self.send("PUT", body, **parameters)

    def get(self, **parameters) -> HttpResponse:
        return self.send("GET", **parameters)

    def head(self, **parameters) -> HttpResponse:
        return self.send("HEAD", **parameters)

    def send(self, method: str, body=b"", /, *, headers=None, content_type="application/json", **parameters) -> HttpResponse:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        return Client().generic(
            method,
            self.resource,
            data,
            content_type=content_type,
            query_params=query,
            headers={**self.headers, **(headers or {})},
        )

    def follow(self, more: str) -> HttpResponse:
        return Client().get(more, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        basic = basic_of(self.credential.key, self.secret)
        return {"Authorization": basic, "X-Experience-API-Version": self.version}


def basic_of(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def make_outside(*scopes: str, prefix: str = PREFIX, version: str = "1.0.3") -> Outside:
    """A client that was used today, so that no later request writes that down."""
    credential, secret = granting.grant(
        "A client",
        scopes=scopes,
        activity_prefix=prefix,
        expires_at=timezone.now() + timedelta(days=1),
        granted_by=uuid4(),
        agreed_by=uuid4(),
        networks=["127.0.0.0/8"] if "statements/read" in scopes else [],
    )
    granting.note_use(credential, "127.0.0.1")
    return Outside(credential, secret, version)
