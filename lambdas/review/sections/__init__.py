"""The sections of each review, in the order in which people read them.

One more is a file here, a place in a list, and its rights in `stacks/functions/review.py`.
"""

from typing import Final

from lambdas.review.section import Section
from lambdas.review.sections.access_keys import ACCESS_KEYS
from lambdas.review.sections.alarms import ALARMS
from lambdas.review.sections.alerts import ALERTS
from lambdas.review.sections.backups import BACKUPS
from lambdas.review.sections.checklist import CHECKLIST
from lambdas.review.sections.cost import COST
from lambdas.review.sections.dependencies import BACKEND_DEPENDENCIES, DEPENDENCIES, OWN_DEPENDENCIES
from lambdas.review.sections.disaster_drill import DISASTER_DRILL
from lambdas.review.sections.error_rate import ERROR_RATE
from lambdas.review.sections.errors import ERRORS
from lambdas.review.sections.incidents import INCIDENTS
from lambdas.review.sections.load_test import LOAD_TEST
from lambdas.review.sections.restore_drill import RESTORE_DRILL
from lambdas.review.sections.routes import ROUTES
from lambdas.review.sections.runbooks import RUNBOOKS
from lambdas.review.sections.slow_statements import SLOW_STATEMENTS
from lambdas.review.sections.traffic import TRAFFIC
from lambdas.review.sections.uptime import UPTIME
from lambdas.review.sections.utilisation import UTILISATION
from lambdas.vocabulary.reviews import Period

SECTIONS: Final[dict[Period, tuple[Section, ...]]] = {
    Period.WEEK: (ERROR_RATE, UPTIME, SLOW_STATEMENTS, BACKUPS, ALERTS, ERRORS, INCIDENTS),
    Period.MONTH: (RESTORE_DRILL, SLOW_STATEMENTS, TRAFFIC, ROUTES, UTILISATION, ALARMS, RUNBOOKS, COST),
    Period.QUARTER: (DEPENDENCIES, COST, LOAD_TEST, DISASTER_DRILL, ACCESS_KEYS, CHECKLIST),
    Period.DEPENDENCIES: (OWN_DEPENDENCIES, BACKEND_DEPENDENCIES),
}
