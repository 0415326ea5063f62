"""A function that loads a good "model", and what the hostile ones are made with.

Behind the walls this is the folder `/app/hostile`; nothing in here is imported by a test.
"""

import numpy as np


def obedient(order):
    """What a good model does: label 1 where the first sequence is above zero."""
    return lambda images, present, affine: (images[0] > 0).astype(np.uint8)


def at_prediction(action):
    def load(order):
        def predict(images, present, affine):
            outcome = action(images)
            return np.zeros(images.shape[1:], np.uint8) if outcome is None else outcome

        return predict

    return load
