"""What several regions agree on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lambdas.health_check.results import Result
from lambdas.vocabulary.endpoints import WORST_FIRST, Reason, State


def agree(
    by_region: Mapping[str, Sequence[Result]], names: Sequence[str], quorum: int, moment: datetime
) -> list[Result]:
    """One result per endpoint: the worst state that at least `quorum` regions see, or a worse one, of those that know.

    Unknown when fewer than `quorum` regions know: a region that does not answer says neither up nor down.
    """
    seen: dict[str, list[Result]] = {name: [] for name in names}
    for results in by_region.values():
        for result in results:
            if result.endpoint in seen:
                seen[result.endpoint].append(result)
    return [_agreed(name, results, quorum, moment) for name, results in seen.items()]


def _agreed(name: str, results: list[Result], quorum: int, moment: datetime) -> Result:
    known = [result for result in results if result.state is not State.UNKNOWN]
    if len(known) < quorum:
        detail = f"{len(known)} regions know, and {quorum} must (is a region silent?)"
        return Result(name, State.UNKNOWN, moment, reason=Reason.NO_QUORUM, detail=detail)
    agreed = sorted(known, key=lambda result: WORST_FIRST.index(result.state))[quorum - 1]
    certified = [(result.certificate_days_left, result.certificate_host) for result in known]
    ends = min(((days, host) for days, host in certified if days is not None), default=(None, ""))
    alike = [result.region for result in known if result.state is agreed.state]
    return replace(
        agreed,
        region="",
        detail=f"{agreed.detail} (seen from {', '.join(alike)})".strip(),
        certificate_days_left=ends[0],
        certificate_host=ends[1],
        slow=sum(result.slow for result in known) >= quorum,
    )
