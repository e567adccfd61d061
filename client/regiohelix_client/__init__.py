"""Read a Regiohelix hub as typed tables: comparisons, trends, profiles, lessons, evaluations, assessments."""

from .asking import TokenEndsSoon
from .beside import GradientRow, Inequality, PeerRow, Peers, Progress, ProgressRow
from .errors import AnswerNotUnderstood, HubError, HubRefused, HubUnreachable, PandasMissing
from .hub import Hub
from .matching import ImprovedRegion, MatchedEvaluation, MatchedLesson, Matches, MatchRow, Reason
from .readiness import Assessment, Assessments
from .stream import LessonTold
from .tables import (
    Comparison,
    ComparisonRow,
    Evaluation,
    Evaluations,
    FoundLessons,
    Lesson,
    Lessons,
    Profile,
    ProfileRow,
    Trend,
    TrendRow,
)
from .values import (
    Exact,
    NotApplicable,
    NotAvailable,
    NotCollected,
    Rounded,
    Suppressed,
    Value,
    Withdrawn,
    read_value,
)

__all__ = [
    "AnswerNotUnderstood",
    "Assessment",
    "Assessments",
    "Comparison",
    "ComparisonRow",
    "Evaluation",
    "Evaluations",
    "Exact",
    "FoundLessons",
    "GradientRow",
    "Hub",
    "HubError",
    "HubRefused",
    "HubUnreachable",
    "ImprovedRegion",
    "Inequality",
    "Lesson",
    "LessonTold",
    "Lessons",
    "MatchRow",
    "MatchedEvaluation",
    "MatchedLesson",
    "Matches",
    "NotApplicable",
    "NotAvailable",
    "NotCollected",
    "PandasMissing",
    "PeerRow",
    "Peers",
    "Profile",
    "ProfileRow",
    "Progress",
    "ProgressRow",
    "Reason",
    "Rounded",
    "Suppressed",
    "TokenEndsSoon",
    "Trend",
    "TrendRow",
    "Value",
    "Withdrawn",
    "read_value",
]
