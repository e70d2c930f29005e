"""Whether a statement follows the Experience API, 1.0.3 or 2.0 (IEEE 9274.1.1): pure functions on JSON.

`check` judges a whole statement, the others judge values that travel as HTTP parameters by the same rules.
"Data" and "Communication" in this package are parts two and three of xAPI 1.0.3.
"""

from lms.xapi.rules.actors import check_agent
from lms.xapi.rules.findings import Finding
from lms.xapi.rules.statements import check
from lms.xapi.rules.strings import check_iri, check_media_type, check_uuid, is_storable
from lms.xapi.rules.times import check_timestamp, in_utc, instant

__all__ = [
    "Finding",
    "check",
    "check_agent",
    "check_iri",
    "check_media_type",
    "check_timestamp",
    "check_uuid",
    "in_utc",
    "instant",
    "is_storable",
]
