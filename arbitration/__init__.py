"""Review and arbitration: rounds under a clock, contests over a scope, and decisions with their texts."""
