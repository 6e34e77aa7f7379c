"""The previous version of the app, as its database shows it: what it would send, sent again."""

from toolbox.gate.safety.previous_app.probes import Probe, for_role
from toolbox.gate.safety.previous_app.replay import PreviousApp, ask
from toolbox.gate.safety.previous_app.schema import advance_sequences

__all__ = ["PreviousApp", "Probe", "advance_sequences", "ask", "for_role"]
