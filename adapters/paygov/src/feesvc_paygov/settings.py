"""What a merchant account at PayGov must be told: most of it is published nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from feesvc.intermediary import Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(name="url"),
    Setting(name="partner_code"),
    Setting(name="unit_code"),
    Setting(name="token", secret=True, required=False),
    Setting(name="token_url", required=False),
    Setting(name="token_auth", secret=True, required=False),
    Setting(name="lgsp_access_token", secret=True, required=False),
    # Not known from anywhere: without them nothing could ever be booked, so they are needed.
    Setting(name="checksum_url"),
    Setting(name="notification_reference"),
    Setting(name="query_url"),
    Setting(name="query_reference"),
    Setting(name="query_status"),
    Setting(name="query_amount"),
    Setting(name="query_paid"),
    Setting(name="query_failed", required=False),
    Setting(name="query_pending", required=False),
    # Some partners sign what they ask for; by which rule is not known.
    Setting(name="access_key", required=False),
    Setting(name="service_code", required=False),
    Setting(name="checksum_digest", required=False),
    Setting(name="checksum_values", required=False),
    Setting(name="checksum_separator", required=False),
    Setting(name="checksum_secret", secret=True, required=False),
)
SIGNING = ("access_key", "service_code", "checksum_digest", "checksum_values", "checksum_secret")
MUST_SIGN = frozenset({"PAYGOV-HAUGIANG"})
"""Partners that are known to send a checksum, an access key and a service code."""


def checked(settings: Mapping[str, str]) -> dict[str, str]:
    """Every setting's value, empty where there is none; raises ``ValueError`` naming what lacks."""
    told = {setting.name: settings.get(setting.name) or setting.default for setting in SETTINGS}
    lacking = [setting.name for setting in SETTINGS if setting.required and not told[setting.name]]
    if lacking:
        raise ValueError(f"PayGov takes no payments without the settings {', '.join(lacking)}")
    if not told["token"] and not (told["token_url"] and told["token_auth"]):
        raise ValueError("PayGov needs the setting token, or token_url and token_auth")
    if told["partner_code"] in MUST_SIGN or any(told[name] for name in SIGNING):
        unsaid = [name for name in SIGNING if not told[name]]
        if unsaid:
            raise ValueError(f"this partner signs, and lacks the settings {', '.join(unsaid)}")
    return told
