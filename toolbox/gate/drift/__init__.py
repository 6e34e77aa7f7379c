"""Drift: do the models and the migrations say the same?"""

from toolbox.gate.drift.engine import Drift, drift

__all__ = ["Drift", "drift"]
