"""Pure numerics: arrays and bytes in, values out. No Django, no queue, no torch."""
