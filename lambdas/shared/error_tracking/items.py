"""What lies in the table of errors, by its partition and sort keys.

issue#<project>#<id>       issue                     one issue
                           hour#<hour>               its events of an hour, and of each minute of it
                           release#<version>         its events of one release
                           mute#<since>#<hour>       its events since it was muted
hash#<project>#<hash>      alias                     the issue of a hash, where its id does not follow from the hash
event#<id>                 event                     the issue of an event that was counted
user#<project>#<digest>    <issue>                   that this user met the issue
message#<id>               message                   that the sessions and losses of a message were counted
quota#<project>#<date>     new, releases             how many issues, and releases, are new that day
release#<project>#<ver.>   release                   a release
sessions#<project>#<ver.>  <environment>             its sessions
outbox                     <project>#<kind>#<id>     a notice that is still to be published
storm#<project>            <kind>                    how many notices were published in its window
"""

import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.error_tracking import LAST_SEEN, LISTED_IN, Issue, Release, Sample, State
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD, well_formed

Item = dict[str, Any]
Identity = tuple[str, str]
"""A record's partition and sort key."""

KEEP_ISSUES: Final = timedelta(days=400)
KEEP_HOURS: Final = timedelta(days=35)
KEEP_EVENTS: Final = timedelta(days=2)
KEEP_QUOTA: Final = timedelta(days=2)

DOCUMENT: Final = "document"
SAMPLES: Final = "samples"
SAMPLED: Final = "sampled"
"""How many samples it has."""
SAMPLED_AT: Final = "sampled_at"
"""When the last of them was added, in seconds of the epoch."""
WRITTEN: Final = "written"
"""How often the issue was written: each write is on condition that nobody else has written since it was read."""
REVISION: Final = "revision"
HASHES: Final = "hashes"
ABSORBED: Final = "absorbed"
"""Issues that were merged into this one, whose counters stay where they are."""
ISSUE: Final = "issue"
TOTAL: Final = "total"
RELEASES: Final = "releases"
"""Stands in LISTED_IN where an issue has its state."""

MINUTES: Final = tuple(f"m{minute:02d}" for minute in range(60))
"""Attributes of an hour: its events by the minute."""
LONGEST_NAME: Final = 200
"""Characters of a release or an environment, as Sentry has it; a key of the table has room for their bytes."""
ID_DIGITS: Final = 12
MOST_HASHES: Final = 80
"""Of one issue: a merge writes an alias for each, in one transaction."""
LONGEST_DOCUMENT: Final = 300_000
"""Bytes of a release; an item holds 400 KB."""


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True)
class Stored:
    """An issue as it lies in the table."""

    issue: Issue
    written: int = 0
    hashes: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    unread: Item | None = None
    """Its samples as they lie there, where they were not read: `issue` has none then."""


def name_of(written: Any) -> str:
    """A release, an environment or an event's id as the table's keys hold it; empty for what is none."""
    return in_one_line(written[:LONGEST_NAME]) if isinstance(written, str) else ""


@lru_cache(maxsize=1024)
def in_one_line(text: str) -> str:
    """Without what moves the cursor, colours a terminal or turns the direction of writing, and without half letters."""
    clean = text if text.isascii() and text.isprintable() else well_formed(_CONTROLS.sub(" ", text))
    return " ".join(clean.split())


def issue_id(project: str, fingerprint: str) -> str:
    """The id of the issue that begins with an event of this hash: two digests that race make the same one."""
    return hashlib.sha256(f"{project}\n{fingerprint}".encode()).hexdigest()[:ID_DIGITS]


def key(record: str, identifier: str) -> Item:
    return {RECORD: {"S": record}, IDENTIFIER: {"S": identifier}}


def issue_record(project: str, of: str) -> str:
    return f"issue#{project}#{of}"


def issue_identity(project: str, of: str) -> Identity:
    return f"issue#{project}#{of}", ISSUE


def issue_key(project: str, of: str) -> Item:
    return key(*issue_identity(project, of))


def alias_identity(project: str, fingerprint: str) -> Identity:
    return f"hash#{project}#{fingerprint}", "alias"


def alias_key(project: str, fingerprint: str) -> Item:
    return key(*alias_identity(project, fingerprint))


def event_identity(event_id: str) -> Identity:
    return f"event#{event_id}", "event"


def event_key(event_id: str) -> Item:
    return key(*event_identity(event_id))


def user_record(project: str, user: str) -> str:
    return f"user#{project}#{user}"


def user_identity(project: str, user: str, issue: str) -> Identity:
    return user_record(project, user), issue


def message_key(message: str) -> Item:
    return key(f"message#{message}", "message")


def quota_identity(project: str, day: str, of: str = "new") -> Identity:
    return f"quota#{project}#{day}", of


def release_identity(project: str, version: str) -> Identity:
    return f"release#{project}#{version}", "release"


def release_key(project: str, version: str) -> Item:
    return key(*release_identity(project, version))


def sessions_record(project: str, version: str) -> str:
    return f"sessions#{project}#{version}"


def user_digest(project: str, user: str) -> str:
    """Of a user's id: the table holds no personal data."""
    return hashlib.sha256(f"{project}\n{user}".encode("utf-8", "replace")).hexdigest()[:24]


def listed_in(project: str, state: State | str) -> str:
    return f"{project}#{state}"


def moment(at: datetime) -> str:
    """Sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hour_of(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()[:13]


def day_of(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()[:10]


def expiry(at: datetime) -> Item:
    return {EXPIRES_AT: {"N": str(int(at.timestamp()))}}


def issue_item(stored: Stored, now: datetime, until: datetime) -> Item:
    """As it is written after what was read as `stored`."""
    issue = stored.issue
    return {
        **issue_key(issue.project, issue.id),
        LISTED_IN: {"S": listed_in(issue.project, issue.state)},
        LAST_SEEN: {"S": moment(issue.last_seen)},
        REVISION: {"N": str(issue.revision)},
        WRITTEN: {"N": str(stored.written + 1)},
        HASHES: {"L": [{"S": each} for each in stored.hashes[:MOST_HASHES]]},
        ABSORBED: {"L": [{"S": each} for each in stored.absorbed]},
        DOCUMENT: {"S": json.dumps(encode(replace(issue, samples=())), separators=(",", ":"))},
        **(stored.unread or _samples_item(issue.samples, now)),
        **expiry(until),
    }


def stored_of(item: Item, *, with_samples: bool = True) -> Stored:
    """They take longer to read than all the rest, and most who count events leave them as they are."""
    issue = decode(Issue, json.loads(item[DOCUMENT]["S"]), ignore_unknown=True)
    unread = None
    if with_samples:
        issue = replace(issue, samples=tuple(map(_sample, json.loads(zlib.decompress(item[SAMPLES]["B"])))))
    else:
        unread = {name: item[name] for name in (SAMPLES, SAMPLED, SAMPLED_AT)}
    return Stored(issue, int(item[WRITTEN]["N"]), _texts(item, HASHES), _texts(item, ABSORBED), unread)


def _samples_item(samples: Sequence[Sample], now: datetime) -> Item:
    """Compressed: DynamoDB counts each kilobyte of an issue with every write, in the table and in the index."""
    rows = json.dumps([_row(sample) for sample in samples], separators=(",", ":"))
    return {
        SAMPLES: {"B": zlib.compress(rows.encode())},
        SAMPLED: {"N": str(len(samples))},
        SAMPLED_AT: {"N": str(int(now.timestamp()))},
    }


def _row(sample: Sample) -> tuple[str, int, str, str, str]:
    """Short: twenty of them are most of an issue, and are written with every batch."""
    return sample.object, sample.line, sample.event_id, sample.at.isoformat(), sample.release


def _sample(row: Sequence[Any]) -> Sample:
    key, line, event_id, at, release = row
    return Sample(key, line, event_id, datetime.fromisoformat(at), release)


def release_item(release: Release, now: datetime, written: int) -> Item:
    return {
        **release_key(release.project, release.version),
        LISTED_IN: {"S": listed_in(release.project, RELEASES)},
        LAST_SEEN: {"S": moment(release.created_at)},
        WRITTEN: {"N": str(written)},
        DOCUMENT: {"B": _packed(release)},
        **expiry(now + KEEP_ISSUES),
    }


def release_of(item: Item) -> Release:
    return decode(Release, json.loads(zlib.decompress(item[DOCUMENT]["B"])), ignore_unknown=True)


def counter(item: Item, attribute: str = TOTAL) -> int:
    return int(item.get(attribute, {"N": "0"})["N"])


def minutes_of(item: Item) -> Mapping[int, int]:
    """The counts of an hour by its minutes."""
    return {minute: int(item[name]["N"]) for minute, name in enumerate(MINUTES) if name in item}


def _packed(release: Release) -> bytes:
    """Compressed; of a release that is too large for an item, first the paths and then the commits are left out."""
    for fewer in (release, replace(release, commits=tuple(replace(each, paths=()) for each in release.commits))):
        packed = zlib.compress(json.dumps(encode(fewer)).encode())
        if len(packed) <= LONGEST_DOCUMENT:
            return packed
    return zlib.compress(json.dumps(encode(replace(release, commits=()))).encode())


def _texts(item: Item, attribute: str) -> tuple[str, ...]:
    return tuple(each["S"] for each in item.get(attribute, {"L": []})["L"])
