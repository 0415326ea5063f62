"""Training of the zoo's networks: from labelled cases to a model package."""
