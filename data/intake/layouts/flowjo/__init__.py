"""FlowJo's tables of gates, one row a tube."""
