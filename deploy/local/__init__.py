"""One machine without a container engine: embedded services and a small supervisor."""
