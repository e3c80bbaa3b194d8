"""A pytest plugin: what is collected stays until the end, and is not looked through for rubbish.

A test process holds some millions of objects; most tests leave next to nothing that refers to
itself. Looking through all of them again and again took a tenth of the processor's time.
"""

from __future__ import annotations

import gc

from feesvc.rubbish import THRESHOLDS, look_less_often


def pytest_configure() -> None:
    gc.set_threshold(*THRESHOLDS)


def pytest_collection_finish() -> None:
    look_less_often()


def pytest_unconfigure() -> None:
    """What is still there at the end must be found by those who look for leaks."""
    gc.unfreeze()
