"""The learning record store. Read through `queries`, written through the -ing modules; nobody outside this app imports it."""

from lms.xapi.models.attachments import Attachment, AttachmentUse
from lms.xapi.models.credentials import Credential
from lms.xapi.models.documents import Document
from lms.xapi.models.erased import ErasedStatement
from lms.xapi.models.forwarding import Delivery, TargetState
from lms.xapi.models.names import Activity, Agent, Definition
from lms.xapi.models.seals import Seal
from lms.xapi.models.statements import Alarm, Base, Statement, StatementLink

__all__ = [
    "Activity",
    "Agent",
    "Alarm",
    "Attachment",
    "AttachmentUse",
    "Base",
    "Credential",
    "Definition",
    "Delivery",
    "Document",
    "ErasedStatement",
    "Seal",
    "Statement",
    "StatementLink",
    "TargetState",
]
