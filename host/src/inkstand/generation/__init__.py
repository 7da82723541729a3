"""From a request to text: candidates, hooks, worker, hooks, result."""
