"""What a patient's lane is made of: courses, doses, events, follow-up and tracks."""
