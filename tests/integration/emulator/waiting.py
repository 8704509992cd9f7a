from emulator.waiting import wait_for


def until(answer, seconds=60.0):
    """What `answer()` gives, once that is something; fails when it stays nothing."""
    found = wait_for(answer, seconds)
    assert found, f"nothing came of {answer} within {seconds} s"
    return found
