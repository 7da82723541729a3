"""The writer's folder: scenes in, nothing lost."""
