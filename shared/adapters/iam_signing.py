"""Signatures where there is no private key: IAM's signBlob, one call each, as the service account itself."""

import functools
import logging
from typing import Any, Final

from google.auth import iam
from google.auth.credentials import Signing
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from shared import log

TIMEOUT_SECONDS: Final = 4  # a film's four addresses are signed one after the other, while somebody waits
ROLE: Final = "roles/iam.serviceAccountTokenCreator"


class SigningByIam(Signing):
    """Signs addresses for Cloud Storage's client. The account needs ROLE on itself, and the IAM Credentials API."""

    def __init__(self, credentials: Any, request: Request | None = None, *, timeout: float = TIMEOUT_SECONDS) -> None:
        if not hasattr(credentials, "service_account_email"):
            raise GoogleAuthError("A person's own credentials cannot sign.")  # type: ignore[no-untyped-call]
        self._credentials = credentials
        self._request = functools.partial(request or Request(), timeout=timeout)

    @property
    def signer_email(self) -> str:
        """Who signs. The metadata server's credentials call themselves "default" until they were refreshed."""
        if not self._credentials.valid or self._credentials.service_account_email == "default":
            self._credentials.refresh(self._request)
        return str(self._credentials.service_account_email)

    @property
    def signer(self) -> iam.Signer:
        return iam.Signer(self._request, self._credentials, self.signer_email)  # type: ignore[no-untyped-call]

    def sign_bytes(self, message: bytes) -> bytes:
        """The signature; raises GoogleAuthError. The library tries a 5xx three times, and a silence once."""
        try:
            return bytes(self.signer.sign(message))
        except TransportError as error:
            if "PERMISSION_DENIED" in str(error):  # the library keeps nothing of the answer but its text
                account = self._credentials.service_account_email
                log.event("signing_not_allowed", level=logging.ERROR, account=account, missing_role=ROLE, on=account)
            raise
