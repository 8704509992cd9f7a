import time


def until(answer, seconds=60.0):
    """What `answer()` gives, once that is something; fails when it stays nothing."""
    deadline = time.monotonic() + seconds
    while not (found := answer()):
        assert time.monotonic() < deadline, f"nothing came of {answer} within {seconds} s"
        time.sleep(0.05)
    return found
