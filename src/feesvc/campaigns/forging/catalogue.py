"""The catalogue: every class of notification that no honest intermediary sends."""

from __future__ import annotations

from typing import NamedTuple

from feesvc.campaigns.forging import contents, misstatements, moments, signatures
from feesvc.campaigns.forging.cases import Account, Forge
from feesvc.campaigns.forging.ends import Story, Trial


class Class(NamedTuple):
    """One class of forged letters, and the account on which it is tried."""

    name: str
    forge: Forge
    account: Account = "usual"


FORGED = (
    Class("M1", signatures.no_signature),
    Class("M2", signatures.empty_signature),
    Class("M3", signatures.wrong_length),
    Class("M4", signatures.one_bit_off),
    Class("M5", signatures.other_case),
    Class("M6", signatures.of_another_message),
    Class("M7", signatures.key_of_another_agency),
    Class("M8", signatures.trial_key_on_a_live_account, "live"),
    Class("M9", signatures.retired_key, "renewed"),
    Class("M10", signatures.algorithm_chosen_by_the_message),
    Class("M11", signatures.length_extended),
    Class("M12", signatures.re_split),
    Class("M13", contents.unsigned_field_that_overrides),
    Class("M14", contents.mandatory_field_removed),
    Class("M15", contents.array_or_object_for_a_scalar),
    Class("M16", contents.bytes_that_readers_differ_on),
    Class("M17", contents.encoded_otherwise),
    Class("M18", contents.look_alikes),
    Class("M19", contents.twice_in_different_places),
    Class("M20", contents.key_twice_in_json),
    Class("M21", contents.blanks_in_values),
    Class("M22", contents.written_anew),
    Class("M23", contents.replayed),
    Class("M24", contents.sent_to_another_endpoint),
    Class("M25", contents.old_timestamp),
    Class("M26", contents.source_made_up),
)


class Wrong(NamedTuple):
    """One class of letters that are authentic, and wrong: a story with its end, or a trial."""

    name: str
    tell: Story | Trial


WRONG = (
    Wrong("M27", misstatements.another_amount),
    Wrong("M28", misstatements.amount_in_another_notation),
    Wrong("M29", misstatements.another_currency),
    Wrong("M30", misstatements.another_merchant),
    Wrong("M31", misstatements.unknown_reference),
    Wrong("M32", misstatements.reference_of_another_agency),
    Wrong("M33", misstatements.transaction_known_already),
    Wrong("M34", moments.success_after_refund),
    Wrong("M35", moments.success_after_expiry),
    Wrong("M36", moments.failure_after_success),
    Wrong("M37", misstatements.codes_that_contradict),
    Wrong("M38", misstatements.another_method),
    Wrong("M39", moments.callback_before_the_create_call_returned),
    Wrong("M40", moments.in_bulk),
)
