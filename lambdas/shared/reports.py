"""Keeps reports in their bucket, and finds them again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.vocabulary.reports import CONTENT_TYPES, JSON, Kind, folder_of, time_of


@dataclass(frozen=True)
class StoredReport:
    at: datetime
    folder: str
    body: bytes
    """Its JSON."""


@dataclass(frozen=True)
class Reports:
    """`s3` is a boto3 or botocore client.  Every method raises what it raises."""

    s3: Any
    bucket: str

    def write(self, kind: Kind, at: datetime, documents: Mapping[str, bytes]) -> str:
        """Keep the documents, by their names in `CONTENT_TYPES`; the folder that they are in.

        The JSON is the first to be there: a page without its numbers never is.
        """
        folder = folder_of(kind, at)
        for name in sorted(documents, key=lambda name: name != JSON):
            self.s3.put_object(
                Bucket=self.bucket, Key=folder + name, Body=documents[name], ContentType=CONTENT_TYPES[name]
            )
        return folder

    def folders(self, kind: Kind, since: datetime) -> list[str]:
        """Of reports with a JSON that were made after `since`, newest first."""
        keys = (
            found["Key"]
            for page in self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=f"{kind}/", StartAfter=folder_of(kind, since)
            )
            for found in page.get("Contents", ())
        )
        return sorted((key.removesuffix(JSON) for key in keys if key.endswith(f"/{JSON}")), reverse=True)

    def newest(self, kind: Kind, before: datetime, within: timedelta) -> StoredReport | None:
        """The last one that was made in `within` up to `before`; None where there is none."""
        folder = self.newest_folder(kind, before, within)
        return self.read(folder) if folder else None

    def newest_folder(self, kind: Kind, before: datetime, within: timedelta) -> str | None:
        return next((each for each in self.folders(kind, before - within) if time_of(each) <= before), None)

    def read(self, folder: str) -> StoredReport:
        return StoredReport(time_of(folder), folder, self.document(folder, JSON))

    def document(self, folder: str, name: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=folder + name)["Body"].read()
        return body
