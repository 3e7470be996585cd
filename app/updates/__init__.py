"""Recording reports, the history of them by both clocks, and the change feed."""
