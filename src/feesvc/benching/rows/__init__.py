"""The rows: each module measures one, with ``measure(stage)``."""
