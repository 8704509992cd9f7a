"""`aws s3 cp` of one object, from or to a file."""

import sys
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError


def main(*arguments: str) -> None:
    words = [argument for argument in arguments if not argument.startswith("--")]
    if words[:2] != ["s3", "cp"]:
        raise SystemExit(f"aws: only `s3 cp` is here, not {' '.join(words[:2])}")
    source, destination = words[2:]
    s3 = boto3.client("s3")
    try:
        if source.startswith("s3://"):
            s3.download_file(*_address(source), destination)
        else:
            with open(source, "rb") as file:  # noqa: PTH123  (`-` would be a file's name here too)
                bucket, key = _address(destination)
                s3.put_object(Bucket=bucket, Key=key, Body=file)
    except (BotoCoreError, ClientError, OSError) as error:
        raise SystemExit(f"copy failed: {source} to {destination} {error}") from None


def _address(url: str) -> tuple[str, str]:
    found = urlsplit(url)
    return found.netloc, found.path.removeprefix("/")


if __name__ == "__main__":
    main(*sys.argv[1:])
