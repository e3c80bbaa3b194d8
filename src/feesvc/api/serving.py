"""Serving: the application as a server process runs it, built from the environment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp

from feesvc import logs
from feesvc.api import create_app
from feesvc.api.access import Access
from feesvc.api.problems import TooLargeAsProblem
from feesvc.api.service import open_service
from feesvc.rubbish import look_less_often
from feesvc.settings import load
from feesvc.store import Store
from feesvc.store.grouped import GroupedStore


def app(open_store: Callable[[str], Awaitable[Store]] = GroupedStore.open) -> ASGIApp:
    """The factory that every worker of the server calls. Raises ``Misconfigured``."""
    settings = load()
    settings.need_database_url()
    settings.people_keys()
    logs.configure(settings.log_format, settings.log_level)
    built = Access(TooLargeAsProblem(create_app(lambda: open_service(settings, open_store))))
    look_less_often()
    return built
