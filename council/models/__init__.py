from .attachment import Attachment
from .council import ClosedDay, Council, calendar_of_the_council
from .digest import Digest
from .document import Document
from .forms import SentForm
from .jobs import Job
from .outbox import Message, Sending
from .people import Approval, Deputy, Role, RoleGrant, User
from .structure import Service, Team, TeamFigure

__all__ = [
    "Approval",
    "Attachment",
    "ClosedDay",
    "Council",
    "Deputy",
    "Digest",
    "Document",
    "Job",
    "Message",
    "Role",
    "RoleGrant",
    "Sending",
    "SentForm",
    "Service",
    "Team",
    "TeamFigure",
    "User",
    "calendar_of_the_council",
]
