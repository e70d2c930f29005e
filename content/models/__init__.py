from content.models.approvals import ApprovalTask
from content.models.contacts import Contact
from content.models.facts import Fact
from content.models.feedback import FeedbackSender, GuideFeedback, TextReport
from content.models.guides import GuideIndexPage, GuidePage
from content.models.media import Picture, Rendition
from content.models.site import GuardedPage, HomePage, StandardPage

__all__ = [
    "ApprovalTask",
    "Contact",
    "Fact",
    "FeedbackSender",
    "GuardedPage",
    "GuideFeedback",
    "GuideIndexPage",
    "GuidePage",
    "HomePage",
    "Picture",
    "Rendition",
    "StandardPage",
    "TextReport",
]
