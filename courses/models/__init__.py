from courses.models.assignments import Assignment, State
from courses.models.attempts import Answer, Attempt
from courses.models.corrections import Arrangement, Correction, Dispute
from courses.models.editions import Course, Edition, LanguageVersion
from courses.models.enrolments import Completion, Enrolment
from courses.models.pages import CourseIndexPage, CoursePage, ModulePage
from courses.models.progress import FoldFault, ModuleProgress
from courses.models.questions import Question
from courses.models.reminders import CalendarAddress, Reminder
from courses.models.requests import UndoRequest
from courses.models.requirements import DueFrom, Exemption, LaterDate, ManualAssignment, Requirement, Strength
from courses.models.sessions import GroupSession, Seat
from courses.models.tallies import ItemTally, ScenarioTally
from courses.models.withdrawals import QuestionWithdrawal, Regrade

__all__ = [
    "Strength",
    "State",
    "Requirement",
    "ManualAssignment",
    "LaterDate",
    "LanguageVersion",
    "Dispute",
    "Correction",
    "Arrangement",
    "Exemption",
    "DueFrom",
    "Assignment",
    "Answer",
    "Attempt",
    "CalendarAddress",
    "Completion",
    "Course",
    "CourseIndexPage",
    "CoursePage",
    "Edition",
    "Enrolment",
    "FoldFault",
    "GroupSession",
    "ItemTally",
    "ModulePage",
    "ModuleProgress",
    "Question",
    "QuestionWithdrawal",
    "Regrade",
    "Reminder",
    "ScenarioTally",
    "Seat",
    "UndoRequest",
]
