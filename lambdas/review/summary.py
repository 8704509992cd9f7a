"""The review as a mail that fits a telephone's screen, and as what a test or a person sees of the invocation."""

from typing import Final

from lambdas.review.report import Review, lines_of
from lambdas.shared.lines import one_line
from lambdas.shared.texts import cut
from lambdas.vocabulary.consoles import bucket_in
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.reports import HTML
from lambdas.vocabulary.reviews import NOTICE_KEY

MOST_LINES: Final = 8
"""With headline, time, command and link there are twelve."""
LONGEST: Final = 76


def notice_of(review: Review, *, region: str, bucket: str, folder: str | None, not_kept: str) -> Notice:
    """`folder` is where the report is kept; None where it is not, for the reason `not_kept`."""
    name, period = review.here.name, review.period
    lines = [cut(one_line(line), LONGEST) for line in lines_of(review, MOST_LINES)]
    lost = [cut(f"The report could not be kept: {one_line(not_kept)}", 2 * LONGEST)] if folder is None else []
    again = f"ops {name} review {period}" if folder is None else f"ops {name} review {period} --last --html FILE"
    return Notice(
        key=f"{NOTICE_KEY}{name}/{period}/{review.at.isoformat()}",
        level=Level.LOW,
        change=Change.HAPPENED,
        title=f"{review.title}: {review.verdict}",
        at=review.at,
        meaning="\n".join(["the worst first", *lost, *lines]),
        first_look=again,
        console=f"{bucket_in(region, bucket)}{folder}{HTML}" if folder else "",
    )
