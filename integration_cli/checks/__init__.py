"""The judge: pure functions from a history to verdicts. None of them talks to an app."""
