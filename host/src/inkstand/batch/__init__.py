"""Many requests at once: a file of them, or any number, with every place of the models taken."""
