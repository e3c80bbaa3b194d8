"""The shapes of Stripe's objects, with every field that its API answers.

Field names after https://github.com/stripe/openapi (fixtures3.json, MIT) and
https://docs.stripe.com/api; the tests compare them with both.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Shape: TypeAlias = dict[str, Any]


def nothing(*names: str) -> Shape:
    return dict.fromkeys(names)


def a_session(**known: Any) -> Shape:
    return {
        "object": "checkout.session",
        **nothing(
            "after_expiration", "allow_promotion_codes", "billing_address_collection",
            "cancel_url", "client_reference_id", "client_secret", "collected_information",
            "consent", "consent_collection", "currency_conversion", "customer",
            "customer_account", "customer_details", "customer_email", "integration_identifier",
            "invoice", "locale", "origin_context", "payment_intent", "payment_link",
            "payment_method_configuration_details", "permissions", "recovered_from",
            "saved_payment_method_options", "setup_intent", "shipping_address_collection",
            "shipping_cost", "submit_type", "subscription", "success_url", "url",
            "wallet_options",
        ),
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": nothing(
            "after_submit", "shipping_address", "submit", "terms_of_service_acceptance"
        ),
        "customer_creation": "if_required",
        "discounts": [],
        "invoice_creation": {"enabled": False, "invoice_data": {}},
        "livemode": False,
        "metadata": {},
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        **known,
    }  # fmt: skip


def a_payment_intent(**known: Any) -> Shape:
    return {
        "object": "payment_intent",
        **nothing(
            "application", "application_fee_amount", "automatic_payment_methods", "canceled_at",
            "cancellation_reason", "customer", "customer_account", "description",
            "excluded_payment_method_types", "last_payment_error", "latest_charge",
            "managed_payments", "next_action", "on_behalf_of", "payment_method",
            "payment_method_configuration_details", "processing", "receipt_email", "review",
            "setup_future_usage", "shipping", "source", "statement_descriptor",
            "statement_descriptor_suffix", "transfer_data", "transfer_group",
        ),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": f"{known['id']}_secret_of_the_counterpart",
        "confirmation_method": "automatic",
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **known,
    }  # fmt: skip


def a_charge(**known: Any) -> Shape:
    paid = known["status"] == "succeeded"
    return {
        "object": "charge",
        **nothing(
            "application", "application_fee", "application_fee_amount", "balance_transaction",
            "calculated_statement_descriptor", "customer", "description",
            "failure_balance_transaction", "failure_code", "failure_message", "on_behalf_of",
            "receipt_email", "receipt_number", "receipt_url", "review", "shipping", "source",
            "source_transfer", "statement_descriptor", "statement_descriptor_suffix",
            "transfer_data", "transfer_group",
        ),
        "amount_captured": known["amount"] if paid else 0,
        "amount_refunded": 0,
        "billing_details": {
            "address": nothing("city", "country", "line1", "line2", "postal_code", "state"),
            **nothing("email", "name", "phone", "tax_id"),
        },
        "captured": paid,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "outcome": {
            **nothing("advice_code", "network_advice_code", "network_decline_code", "reason"),
            "network_status": "approved_by_network" if paid else "declined_by_network",
            "seller_message": "Payment complete." if paid else "The bank declined.",
            "type": "authorized" if paid else "issuer_declined",
        },
        "paid": paid,
        "payment_method": f"pm_{known['id'].partition('_')[2]}",
        "payment_method_details": {
            "card": {"brand": "visa", "country": "VN", "funding": "credit", "network": "visa"},
            "type": "card",
        },
        "refunded": False,
        **known,
    }  # fmt: skip


def a_refund(**known: Any) -> Shape:
    return {
        "object": "refund",
        **nothing(
            "balance_transaction", "customer", "customer_account", "payment_method", "reason",
            "receipt_number", "source_transfer_reversal", "transfer_reversal",
        ),
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": {},
        **known,
    }  # fmt: skip


def a_dispute(**known: Any) -> Shape:
    return {
        "object": "dispute",
        "balance_transactions": [],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
        **known,
    }


def a_balance_transaction(**known: Any) -> Shape:
    return {
        "object": "balance_transaction",
        "balance_type": "payments",
        "description": None,
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "status": "available",
        **known,
    }


def a_payout(**known: Any) -> Shape:
    return {
        "object": "payout",
        **nothing(
            "application_fee", "application_fee_amount", "failure_balance_transaction",
            "failure_code", "failure_message", "original_payout", "payout_method",
            "reversed_by", "statement_descriptor",
        ),
        "automatic": True,
        "description": "STRIPE PAYOUT",
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "source_type": "card",
        "status": "paid",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
        **known,
    }  # fmt: skip


def an_event(**known: Any) -> Shape:
    return {
        "object": "event",
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        **known,
    }


def a_list(url: str, items: list[Shape], *, has_more: bool = False) -> Shape:
    return {"object": "list", "data": items, "has_more": has_more, "url": url}
