"""The side that may import torch: no Django, no database. It shares `backend.numerics` only."""
