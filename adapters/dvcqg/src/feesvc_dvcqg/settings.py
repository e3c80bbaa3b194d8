"""What a merchant account at the payment platform must be told."""

from __future__ import annotations

from feesvc.intermediary import Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(name="url"),
    Setting(name="partner_code"),
    Setting(name="secret_key", secret=True),
    Setting(name="confirm_type"),
    Setting(name="query_url", required=False),
    Setting(name="query_type", required=False),
    Setting(name="access_token", secret=True, required=False),
    Setting(name="wrapped", required=False, default="no"),
    # What stands in INIT; the defaults are those of both public code bases.
    Setting(name="init_type", required=False, default="INIT"),
    Setting(name="version", required=False, default="1.0.6"),
    Setting(name="payment_type", required=False, default="PAY"),
    Setting(name="channel", required=False, default="1"),
    Setting(name="device", required=False, default="1"),
    Setting(name="language", required=False, default="vi-VN"),
    Setting(name="bank", required=False, default="PAYMENT"),
    # What stands on the receipt.
    Setting(name="unit_code"),
    Setting(name="unit_name"),
    Setting(name="account_number"),
    Setting(name="account_bank"),
    Setting(name="account_name"),
    Setting(name="procedure_code"),
    Setting(name="procedure_name"),
    Setting(name="service_suffix", required=False, default=".01"),
    Setting(name="service_name", required=False),
    Setting(name="fee_row", required=False, default="1"),
    Setting(name="charge_row", required=False, default="2"),
    Setting(name="payer_name", required=False),
    Setting(name="payer_number", required=False),
    Setting(name="payer_address", required=False),
)
