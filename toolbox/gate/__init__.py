"""The migration gate: do models and migrations agree, is the history sound, is it safe to deploy?

Three engines, one a question (`drift`, `history`, `safety`), find; everything else runs somebody's
Alembic project on throwaway databases for them (`project`), or shows what they found.
"""
