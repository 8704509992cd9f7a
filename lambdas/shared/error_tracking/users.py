"""Users as the error tracker knows them: countable, and not by their names."""

import hashlib
import hmac
from functools import lru_cache
from typing import Final

_PREFIX: Final = "user-"
_DIGITS: Final = 32


@lru_cache(maxsize=1024)
def hashed_user(user: str, environment: str) -> str:
    """The same for the same user within an environment, and another one in any other: `user-` and 32 digits.

    It is HMAC-SHA-256 under a key that is derived from the environment's name.  Tables of digests that others have
    made are of no use, and two environments' data cannot be joined by users.  It is a pseudonym, not anonymous: who
    reads the data, knows this and has a list of all users' ids can try them, which is also how the data of one user is
    found to be deleted.  Blanks around an id do not count, nor does the case of an address.
    """
    user = user.strip()
    user = user.lower() if "@" in user else user
    key = hashlib.sha256(f"error tracker: users of {environment}".encode()).digest()
    digest = hmac.new(key, user.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"{_PREFIX}{digest[:_DIGITS]}"
