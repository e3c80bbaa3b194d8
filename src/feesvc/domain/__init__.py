"""What may happen, and what it adds up to: aggregates and values. No clock, no I/O.

Importing the package imports each of its modules: an event's stored name is known to the library
only once its class was made, whoever asks for it.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
