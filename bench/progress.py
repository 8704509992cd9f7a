import sys


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
