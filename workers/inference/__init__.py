"""From images to labels: preprocessing that a model's config declares, the engine, and what comes after."""
