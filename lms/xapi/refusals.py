"""Why the store says no, and the status that says it to a client (Communication 3.2). Nothing is stored where one is raised."""

from lms.xapi.rules import Finding


class Refused(ValueError):
    """What came breaks a rule; `finding` says where, what and by which paragraph."""

    status = 400

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.finding)
        self.finding = finding


class NotAuthenticated(Refused):
    """No credential, or one that is unknown, withdrawn or expired: always the same answer."""

    status = 401


class Forbidden(Refused):
    """The credential does not reach so far."""

    status = 403


class NotFound(Refused):
    """There is nothing of this name within the credential's reach."""

    status = 404


class Conflict(Refused):
    """A statement id is taken by other content, or a document is there that the client did not say it knows."""

    status = 409


class PreconditionFailed(Refused):
    """The document is not, or no longer, what the client took it for."""

    status = 412


class TooLarge(Refused):
    """More at once than this server takes."""

    status = 413


class TooMany(Refused):
    """More requests than one client may send in a minute."""

    status = 429
