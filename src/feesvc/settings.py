"""What the service is told from outside: environment variables that begin with ``FEESVC_``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from feesvc.secrets import Misconfigured, resolve, resolve_key

__all__ = ["Misconfigured", "Settings", "TokenIssuer", "load", "resolve", "where"]

PREFIX = "FEESVC_"
_ENCODED = "a / : @ ? or # in the user or password is written %2F %3A %40 %3F %23"


def _database_url(url: SecretStr) -> SecretStr:
    """Every way of mistyping it gets a sentence; libpq's own message would repeat the password."""
    text = url.get_secret_value()
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    try:
        parts = urlsplit(text)
        usable = parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"its port is not a number from 1 to 65535; {_ENCODED}")
    if text.count("@") > 1 or "#" in text or "@" in parts.path + parts.query:
        raise ValueError(_ENCODED)
    try:
        conninfo_to_dict(text)
    except ProgrammingError:
        raise ValueError(
            "PostgreSQL's client cannot read it: an unknown option, or a character that must be "
            "percent-encoded"
        ) from None
    return url


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        usable = usable and parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("must be an address such as https://fees.example.gov.vn")
    return url.rstrip("/")


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class TokenIssuer(BaseModel):
    """Somebody whose signed access tokens name people: MIC Connect, VNeID, Keycloak."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    """Compared with the token's ``iss``, letter for letter."""
    audience: Annotated[str, Field(min_length=1, max_length=500)]
    jwks_url: WebAddress | None = None
    jwks_file: Path | None = None

    @model_validator(mode="after")
    def _one_place_of_keys(self) -> TokenIssuer:
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("needs either jwks_url or jwks_file")
        return self


class Settings(BaseSettings):
    """Build it with ``load()``, whose errors name the variable and hold no value."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: DatabaseUrl | None = None
    """As the service's role."""
    owner_url: DatabaseUrl | None = None
    """As the owner's role: migrations, and the swap at the end of a rebuild."""
    public_url: WebAddress = "http://127.0.0.1:8000"
    """Where payers and intermediaries reach us; no path of ours may be guessed from a request."""

    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics_dir: Path | None = None
    """A folder that the processes of one machine share, so that any of them can answer for all."""

    refuse_live: bool = False
    """Take no live merchant account: on a database that is only for trying out."""

    people_key: str = ""
    """Reference to the master key of ``people``: 32 random bytes in base64."""
    people_key_previous: str = ""
    """The other master key during a rotation: the next one before it, the last one after it."""
    token_issuers: tuple[TokenIssuer, ...] = ()

    calendar: Path | None = None
    """A file of days off and swapped working days beside those of Vietnam that are known."""
    largest_file_mib: Annotated[int, Field(ge=1, le=1024)] = 100
    """The largest file of an intermediary or bank that is taken; larger ones are split."""
    file_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """How long reading one file may take."""
    inbox_folder: Path | None = None
    """The worker takes files from here: a folder per account, named by its id."""
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """How many of our own proxies a request passes: so far X-Forwarded-For is believed."""
    database_connections: Annotated[int, Field(ge=2, le=200)] = 16
    """At most so many per process."""
    intermediary_threads: Annotated[int, Field(ge=1, le=200)] = 20
    """Calls under way at once per intermediary, operation and process: each a bulkhead."""
    in_flight_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 20.0
    """A payment request that was recorded this long ago and has no answer is taken to have died,
    and whoever repeats it goes on with it."""
    worker_batch: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Events that a projection takes in one transaction."""
    worker_poll_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    """How long a follower sleeps at most when no notice reaches it."""

    def people_keys(self) -> tuple[bytes, ...]:
        """The master keys of ``people``, the current one first; raises ``Misconfigured``."""
        keys = [resolve_key(self.people_key, f"{PREFIX}PEOPLE_KEY")]
        if self.people_key_previous:
            keys.append(resolve_key(self.people_key_previous, f"{PREFIX}PEOPLE_KEY_PREVIOUS"))
        return tuple(keys)

    def need_database_url(self) -> str:
        """The database's URL with its password, for the client only; raises ``Misconfigured``."""
        if self.database_url is None:
            raise Misconfigured(f"{PREFIX}DATABASE_URL is not set")
        return self.database_url.get_secret_value()

    def need_owner_url(self) -> str:
        """As ``need_database_url``, for the owner's role."""
        if self.owner_url is None:
            raise Misconfigured(f"{PREFIX}OWNER_URL is not set")
        return self.owner_url.get_secret_value()


def load(**given: Any) -> Settings:
    """Read the environment, after ``given``. Raises ``Misconfigured``, a line per fault."""
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [_line(fault["loc"], fault["msg"]) for fault in error.errors(include_input=False)]
        raise Misconfigured("\n".join(lines)) from None
    except SettingsError as error:
        raise Misconfigured(f"{_named_in(str(error))} is not JSON that can be read") from None


def where(url: str) -> str:
    """Which database a URL means, for messages: host, port, database and user, no password."""
    parts = conninfo_to_dict(url)
    host = parts.get("host") or parts.get("hostaddr") or "the local socket"
    port = parts.get("port") or 5432
    user = parts.get("user") or "the operating system's user"
    return f"database {parts.get('dbname') or user} at {host}:{port} as {user}"


def _line(location: tuple[int | str, ...], message: str) -> str:
    name, *inner = location
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inner)
    return f"{PREFIX}{str(name).upper()}{place}: {message.removeprefix('Value error, ')}"


def _named_in(message: str) -> str:
    """pydantic-settings names the field in quotes."""
    quoted = message.split('"')
    return f"{PREFIX}{quoted[1].upper()}" if len(quoted) > 2 else "one of our variables"
