"""Days of moments and of events, all Asia/Ho_Chi_Minh."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from feesvc.domain.aggregate import Recorded

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def day(moment: datetime) -> date:
    """The day of a moment, Asia/Ho_Chi_Minh."""
    return moment.astimezone(ZONE).date()


def occurred_on(recorded: Recorded) -> date:
    """The day an event happened: that of the money where it says so, else of the command."""
    event = recorded.event
    return day(getattr(event, "occurred_at", event.timestamp))
