"""How it looks: functions of a study and a query that return a figure. No dash."""
