"""Character cards and lorebooks: what chat programs keep their people and worlds in."""
