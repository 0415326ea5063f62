"""Where untrusted models run: a process of their own behind walls (see docs/models.md).

`process` is the worker's side, `child` and `serving` what runs inside. This file imports nothing:
`child` must lock its doors before any library starts a thread.
"""
